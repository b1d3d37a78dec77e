// A fifth of all packets lost in both directions for two minutes: everything is asked for again, and nobody dies. The
// four clusters lose them at the same time, because they mostly wait.
import { expect, it } from "vitest";
import { COLD_START, loseAFifth, start, stop } from "./acts.js";
import { ChainRun, type Chain } from "./chain-run.js";
import { describeInterop } from "./chain.js";
import { MIXED, PAIRINGS, SYSTOLE_ALONE, type Pairing } from "./pairing.js";

const CHAIN: Chain = {
  name: "loss",
  acts: [COLD_START, loseAFifth(120_000, "master"), stop("master", "cluster1"), start("master", "master")],
};

interface Outcome {
  readonly pairing: Pairing;
  readonly reasons: readonly string[];
  readonly complaints: ReadonlySet<string>;
}

async function runAll(pairing: Pairing): Promise<Outcome> {
  const run = await ChainRun.open(CHAIN, pairing);
  try {
    const reasons: string[] = [];
    for (const [index, { title }] of CHAIN.acts.entries()) {
      const { reason } = await run.act(index);
      if (reason !== undefined) reasons.push(`${title}: ${reason}`);
    }
    return { pairing, reasons, complaints: run.complaints };
  } finally {
    await run.close();
  }
}

describeInterop("loss", () => {
  it("20 % for two minutes kills nobody, in any pairing", { timeout: 600_000 }, async () => {
    const [alone, ...ours] = await Promise.all(PAIRINGS.map(runAll));
    const verdicts = ours.map(({ pairing, reasons, complaints }) => ({
      pairing: pairing.id,
      reasons,
      freshComplaints: [...complaints].filter((line) => alone?.complaints.has(line) !== true),
    }));
    const clean = { reasons: [], freshComplaints: [] };
    expect(verdicts).toEqual([...MIXED, SYSTOLE_ALONE].map(({ id }) => ({ pairing: id, ...clean })));
  });
});
