// A chain of acts on one cluster, run with heartbeat alone first: what its log complains about then is what it may
// complain about beside Systole, and its gaps are what ours are compared with.
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { labAbility } from "../lab/index.js";
import { ACT_TIMEOUT_MS, ChainRun, type Chain } from "./chain-run.js";
import { HEARTBEAT_ALONE, MIXED, SYSTOLE_ALONE, type Pairing } from "./pairing.js";

const HEARTBEAT = "/usr/libexec/heartbeat/heartbeat";
const CHAIN_TIMEOUT_MS = 600_000;

/** `describe` where the real heartbeat can run; elsewhere skipped, except with CI=true, where it fails. */
export function describeInterop(name: string, body: () => void): void {
  const possible = labAbility().kind === "root" && existsSync(HEARTBEAT);
  describe.skipIf(!possible && process.env.CI !== "true")(`${name}`, () => {
    body();
  });
}

/** Declares the tests of a chain. */
export function describeChain(chain: Chain): void {
  describeInterop(chain.name, () => {
    const complaints = new Set<string>();

    for (const alone of chain.comparison === false ? [] : [HEARTBEAT_ALONE]) {
      it("heartbeat alone, for comparison", { timeout: CHAIN_TIMEOUT_MS }, async () => {
        const run = await ChainRun.open(chain, alone);
        try {
          const first = await run.act(0);
          expect(first.reason).toBeUndefined();
          // What heartbeat itself does not survive is no fault of Systole's; it is in the table.
          for (const index of chain.acts.keys()) if (index > 0) await run.act(index);
          for (const line of run.complaints) complaints.add(line);
        } finally {
          await run.close();
        }
      });
    }

    for (const pairing of chain.pairings ?? [...MIXED, SYSTOLE_ALONE])
      describePairing(chain, pairing, complaints);
  });
}

function describePairing(chain: Chain, pairing: Pairing, allowed: ReadonlySet<string>): void {
  describe(`${pairing.id}`, () => {
    let run: ChainRun;

    beforeAll(async () => {
      run = await ChainRun.open(chain, pairing);
    });

    for (const [index, { title }] of chain.acts.entries()) {
      it(`${title}`, { timeout: 2 * ACT_TIMEOUT_MS + 150_000 }, async () => {
        const result = await run.act(index);
        expect(result.reason).toBeUndefined();
        expect(run.nginxOn()).toEqual([result.expected]);
      });
    }

    it("heartbeat complains about nothing that it does not also complain about beside itself", () => {
      const patterns = chain.allowed ?? [];
      const isAllowed = (line: string): boolean =>
        allowed.has(line) || patterns.some((one) => one.test(line));
      expect([...run.complaints].filter((line) => !isAllowed(line))).toEqual([]);
    });

    afterAll(async () => {
      await run?.close();
    });
  });
}
