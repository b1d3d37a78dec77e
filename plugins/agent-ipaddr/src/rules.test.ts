import { describe, expect, it } from "vitest";
import { AddressConfig } from "./address-config.js";
import { judgeClaim, type ClaimVerdict, type Contest } from "./contest.js";
import { ADDRESS_LIMITS } from "./limits.js";
import { judgeLoss } from "./put-back-rule.js";

describe("an address that is taken away", () => {
  it("is put back a few times within the window, and then given up", () => {
    const { putBacks, putBackWindowMs } = ADDRESS_LIMITS;
    let lossesMs: readonly number[] = [];
    for (let loss = 0; loss < putBacks; loss += 1) {
      const verdict = judgeLoss(lossesMs, loss);
      if (verdict.kind !== "put-back") throw new Error(`given up at loss ${loss}`);
      lossesMs = verdict.lossesMs;
    }
    expect(judgeLoss(lossesMs, putBacks)).toEqual({ kind: "give-up" });
    expect(judgeLoss(lossesMs, putBackWindowMs)).toMatchObject({ kind: "put-back" });
  });
});

describe("a contest", () => {
  const { answerClaimAfterMs, answerClaimEveryMs, claimSeries, contestOverMs } = ADDRESS_LIMITS;

  /** A claim each `everyMs`, from zero on. */
  const claims = (everyMs: number, untilMs: number): readonly (ClaimVerdict & { atMs: number })[] => {
    let contest: Contest | undefined;
    return Array.from({ length: Math.floor(untilMs / everyMs) }, (_, index) => {
      const verdict = judgeClaim(contest, index * everyMs);
      contest = verdict.contest;
      return { ...verdict, atMs: index * everyMs };
    });
  };

  it("is answered after a pause and at a bounded rate as long as it lasts, a few times by a series, and told at that rate", () => {
    const verdicts = claims(100, 50_000);
    const answers = verdicts.flatMap(({ answerAtMs }) => (answerAtMs === undefined ? [] : [answerAtMs]));
    expect(answers).toEqual([1, 11, 21, 31, 41, 51].map((second) => second * 1000));
    expect(verdicts.filter(({ once }) => once === false)).toHaveLength(claimSeries);
    expect(answers[0]).toBe(answerClaimAfterMs);
    for (const [index, atMs] of answers.slice(1).entries())
      expect(atMs - (answers[index] ?? 0)).toBeGreaterThanOrEqual(answerClaimEveryMs);
    expect(verdicts.filter(({ tell }) => tell)).toHaveLength(50_000 / answerClaimEveryMs);
    expect(verdicts.at(-1)?.contest.claims).toBe(verdicts.length);
  });

  it("begins anew after a long silence", () => {
    const last = claims(100, 50_000).at(-1);
    const later = judgeClaim(last?.contest, (last?.atMs ?? 0) + contestOverMs);
    expect(later).toMatchObject({ tell: true, contest: { claims: 1, answers: 1 } });
  });
});

describe("the plugin's configuration", () => {
  const validate = (value: unknown) => AddressConfig["~standard"].validate(value);

  it.each([
    [undefined, { deadMs: 30_000 }],
    [{ deadMs: 3000 }, { deadMs: 3000 }],
    [
      { leaseMs: 1000, deadMs: 3000 },
      { leaseMs: 1000, deadMs: 3000 },
    ],
  ])("takes %j", (given, value) => {
    expect(validate(given)).toEqual({ value });
  });

  it.each([[null], [[]], ["1s"], [{ lease: 1 }], [{ leaseMs: 1500 }], [{ leaseMs: 0 }], [{ deadMs: "3s" }]])(
    "refuses %j",
    (given) => {
      expect(validate(given)).toHaveProperty("issues");
    },
  );
});
