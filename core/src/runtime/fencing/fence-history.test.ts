import { describe, expect, it } from "vitest";
import { FenceHistory, type FenceRecord } from "./fence-history.js";
import { FENCING_LIMITS } from "./fencing-config.js";

const RECORD: FenceRecord = {
  atWallMs: 1_700_000_000_000,
  node: "two",
  by: "one",
  ok: false,
  how: "rack: no answer",
  why: "two fell silent",
  tookMs: 1200,
  steps: [{ device: "rack", action: "off", ok: false, verified: false, reason: "no answer", tookMs: 1200 }],
};

/** A history, and what it saved last. */
function history(restored?: unknown) {
  const saved: { state?: unknown } = {};
  const kept = new FenceHistory(restored, "one", (state) => (saved.state = state));
  return { kept, saved };
}

describe("the history of fencing", () => {
  it("survives a restart", () => {
    const { kept, saved } = history();
    kept.add(RECORD);
    const written: unknown = JSON.parse(JSON.stringify(saved.state));
    expect(history(written).kept.all()).toEqual([RECORD]);
  });

  it("is bounded: the latest are kept, and long sentences are cut", () => {
    const { kept } = history();
    const { history: most, sentence } = FENCING_LIMITS;
    for (let count = 1; count <= most + 3; count += 1)
      kept.add({ ...RECORD, tookMs: count, how: "x".repeat(10_000) });
    expect(kept.all()).toHaveLength(most);
    expect(kept.all().at(-1)?.tookMs).toBe(most + 3);
    expect(kept.all()[0]?.how).toHaveLength(sentence);
  });

  it.each([undefined, null, 7, [], {}, { version: 2, records: [RECORD] }, { version: 1, records: "x" }])(
    "takes %j for nothing",
    (restored) => {
      expect(history(restored).kept.all()).toEqual([]);
    },
  );

  it("leaves out what is damaged and keeps the rest", () => {
    const records = [
      { ...RECORD, ok: "yes" },
      RECORD,
      { ...RECORD, steps: [7, ...RECORD.steps, { device: "x" }] },
    ];
    expect(history({ version: 1, records }).kept.all()).toEqual([RECORD, RECORD]);
  });

  it("hears of fences by others, by a person, and of those that were none; its own are recorded elsewhere", () => {
    const { kept } = history();
    const fields = { node: "two", how: "off by rack", why: "silent", tookMs: 9 };
    const done = (by: string) => ({ name: "fence.done", level: "warn" as const, fields: { ...fields, by } });
    for (const by of ["one", "three", "operator"]) kept.hear(done(by), 5);
    kept.hear({ name: "fence.lied", level: "error", fields: { node: "two" } }, 6);
    kept.hear({ name: "node.changed", level: "info", fields: { node: "two" } }, 7);
    expect(kept.all().map(({ by, ok }) => `${by} ${ok}`)).toEqual([
      "three true",
      "operator true",
      "one false",
    ]);
  });
});
