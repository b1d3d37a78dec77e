// A chain of acts on one cluster, run with heartbeat alone first: what its log complains about then is what it may
// complain about beside Systole, and its gaps are what ours are compared with.
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeLab } from "../lab/in-lab.js";
import { Lab, NODE_NAMES, labAbility, runAct, type Act, type ActResult, type Variant } from "../lab/index.js";
import { processesOfNamespace } from "../lab/processes.js";
import { atRest } from "./at-rest.js";
import { ErrorLines } from "./error-lines.js";
import { HEARTBEAT_ALONE, MIXED, SYSTOLE_ALONE, type Pairing } from "./pairing.js";
import { record } from "./records.js";

export interface Chain {
  readonly name: string;
  readonly variant?: Variant;
  readonly acts: readonly Act[];
  /** Default: both ways round, then Systole alone. */
  readonly pairings?: readonly Pairing[];
  /** Complaints that are as they must be here, with the reason in the test file. */
  readonly allowed?: readonly RegExp[];
}

const HEARTBEAT = "/usr/libexec/heartbeat/heartbeat";
const ACT_TIMEOUT_MS = 60_000;
const CHAIN_TIMEOUT_MS = 600_000;

/** `describe` where the real heartbeat can run; elsewhere skipped, except with CI=true, where it fails. */
export function describeInterop(name: string, body: () => void): void {
  const possible = labAbility().kind === "root" && existsSync(HEARTBEAT);
  describe.skipIf(!possible && process.env.CI !== "true")(name, body);
}

/** Declares the tests of a chain. */
export function describeChain(chain: Chain): void {
  describeInterop(chain.name, () => {
    const complaints = new Set<string>();

    it("heartbeat alone, for comparison", { timeout: CHAIN_TIMEOUT_MS }, async () => {
      const run = await ChainRun.open(chain, HEARTBEAT_ALONE);
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

    for (const pairing of chain.pairings ?? [...MIXED, SYSTOLE_ALONE])
      describePairing(chain, pairing, complaints);
  });
}

function describePairing(chain: Chain, pairing: Pairing, allowed: ReadonlySet<string>): void {
  describe(pairing.id, () => {
    let run: ChainRun;

    beforeAll(async () => {
      run = await ChainRun.open(chain, pairing);
    });

    for (const [index, { title }] of chain.acts.entries()) {
      it(title, { timeout: 2 * ACT_TIMEOUT_MS + 150_000 }, async () => {
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

/** One cluster going through the acts of a chain. */
export class ChainRun {
  /** Kinds of ERROR in the logs of the nodes that run heartbeat. */
  readonly complaints = new Set<string>();
  private readonly logs: readonly ErrorLines[];

  private constructor(
    readonly lab: Lab,
    private readonly chain: Chain,
    private readonly pairing: Pairing,
  ) {
    this.logs = NODE_NAMES.map((name) => new ErrorLines(lab.node(name)));
  }

  static async open(chain: Chain, pairing: Pairing): Promise<ChainRun> {
    const { implementations } = pairing;
    const { variant = {} } = chain;
    const lab = await Lab.open({ implementation: "heartbeat", implementations, variant });
    return new ChainRun(lab, chain, pairing);
  }

  async act(index: number): Promise<ActResult> {
    const one = this.chain.acts[index];
    if (one === undefined) throw new Error(`no act ${String(index)}`);
    const result = await runAct(this.lab, one, { timeoutMs: ACT_TIMEOUT_MS });
    const rest = await atRest(this.lab).then(
      () => undefined,
      (error: Error) => error.message,
    );
    for (const log of this.logs) for (const line of log.fresh()) this.complaints.add(line);
    const reason = result.reason ?? rest;
    record({
      chain: this.chain.name,
      order: index,
      title: one.title,
      pairing: this.pairing.id,
      ok: reason === undefined,
      gapMs: result.longestGapMs,
      twoHoldersMs: Math.round(result.twoHoldersMs),
    });
    return reason === undefined ? result : { ...result, ok: false, reason };
  }

  /** Nodes on which an nginx runs. */
  nginxOn(): readonly string[] {
    return NODE_NAMES.filter((name) =>
      processesOfNamespace(this.lab.node(name).host.pid).some(
        ({ program, state }) => program === "nginx" && state !== "Z",
      ),
    );
  }

  close(): Promise<void> {
    return closeLab(this.lab);
  }
}
