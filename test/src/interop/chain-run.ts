// A cluster going through a chain of acts: each is judged, measured and recorded, and heartbeat's log is read after it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeLab } from "../lab/in-lab.js";
import { Lab, LabError, NODE_NAMES, runAct, type Act, type ActResult, type Variant } from "../lab/index.js";
import { processesOfNamespace } from "../lab/processes.js";
import { atRest } from "./at-rest.js";
import { ErrorLines } from "./error-lines.js";
import type { Pairing } from "./pairing.js";
import { record } from "./records.js";

export interface Chain {
  readonly name: string;
  readonly variant?: Variant;
  readonly acts: readonly Act[];
  /** Default: both ways round, then Systole alone. */
  readonly pairings?: readonly Pairing[];
  /** Whether heartbeat alone goes first. Default true; without it, heartbeat may not complain at all. */
  readonly comparison?: boolean;
  /** Complaints that are as they must be here, with the reason in the test file. */
  readonly allowed?: readonly RegExp[];
}

/** What the real heartbeat costs is hundreds of ms; several clusters share the machine. */
const CLIENT_INTERVAL_MS = 20;

/** How long a cluster may take over one act. */
export const ACT_TIMEOUT_MS = 60_000;

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
    // A node that starts slowly on a busy machine must not find everything taken.
    const variant = { initdeadSeconds: 6, ...chain.variant };
    const lab = await Lab.open({
      implementation: "heartbeat",
      implementations,
      variant,
      clientIntervalMs: CLIENT_INTERVAL_MS,
    });
    return new ChainRun(lab, chain, pairing);
  }

  async act(index: number): Promise<ActResult> {
    const one = this.chain.acts[index];
    if (one === undefined) throw new LabError(`no act ${String(index)}`);
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

  /** Nodes that users reach and on which an nginx runs. */
  nginxOn(): readonly string[] {
    return NODE_NAMES.filter(
      (name) =>
        this.lab.isReachable(name) &&
        processesOfNamespace(this.lab.node(name).host.pid).some(
          ({ program, state }) => program === "nginx" && state !== "Z",
        ),
    );
  }

  close(): Promise<void> {
    this.keepLogs();
    return closeLab(this.lab);
  }

  /** For people who ask why: SYSTOLE_INTEROP_LOGS names a directory that the logs of both nodes are copied to. */
  private keepLogs(): void {
    const directory = process.env.SYSTOLE_INTEROP_LOGS;
    if (directory === undefined) return;
    mkdirSync(directory, { recursive: true });
    for (const name of NODE_NAMES) {
      const file = `${this.chain.name} ${this.pairing.id} ${name}.log`.replaceAll(" ", "-");
      writeFileSync(join(directory, file), this.lab.node(name).read("/var/log/ha-log"));
    }
  }
}
