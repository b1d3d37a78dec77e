// How the lab's tests begin: where no lab can be made they are skipped on a laptop and fail in CI.
import { describe } from "vitest";
import { labAbility } from "./ability.js";
import { runAct, settled, type ActResult } from "./act-runner.js";
import { act, type ActId } from "./acts.js";
import { NODE_NAMES, type NodeName } from "./cluster-files.js";
import { askControl } from "./control-question.js";
import { Lab, type LabOptions } from "./lab.js";
import { LAUNCHER, type Implementation } from "./programs.js";
import { LabError, waitFor } from "./wait.js";

const ability = labAbility();

/** `describe`, but skipped where the lab is impossible, except with CI=true: there opening the lab fails, with the reason. */
export function describeInLab(name: string, body: () => void): void {
  const skip = ability.kind === "impossible" && process.env.CI !== "true";
  describe.skipIf(skip)(`${name}`, () => {
    body();
  });
}

/** What the acts' tests drive; others than Systole to prove the lab itself: LAB_IMPLEMENTATION=heartbeat. */
export function implementationUnderTest(): Implementation {
  const named = process.env.LAB_IMPLEMENTATION;
  return named === "heartbeat" || named === "keepalived" ? named : "systole";
}

/**
 * How long a cluster may take to come to rest in a test on a slow, shared machine: many times what it needs, and less than the
 * half minute after which a client's stale neighbour entry heals by itself and would hide a missing announcement.
 */
export const PATIENCE_MS = implementationUnderTest() === "systole" ? 20_000 : 45_000;

/** Runs one of the six acts; a test expects its `reason` to be undefined. */
export function runNamedAct(lab: Lab, id: ActId): Promise<ActResult> {
  return runAct(lab, act(id), { timeoutMs: PATIENCE_MS });
}

/** Opens a lab and starts both daemons. Throws LabError when the cluster does not come up. */
export async function openStarted(options: LabOptions): Promise<Lab> {
  const lab = await Lab.open(options);
  const { reason } = await runNamedAct(lab, "cold-start");
  if (reason === undefined) return lab;
  await lab.close();
  throw new LabError(reason);
}

/** Ends a lab. Throws LabError when it left something behind. */
export async function closeLab(lab: Lab | undefined): Promise<void> {
  const left = (await lab?.close()) ?? [];
  if (left.length > 0) throw new LabError(`left behind: ${left.join(", ")}`);
}

/** Resolves, with the node, when `node` alone has the address and answers. Throws LabError otherwise. */
export async function settledOn(lab: Lab, node: NodeName): Promise<NodeName> {
  await settled(lab, node, 800, PATIENCE_MS);
  return node;
}

/** Resolves when both daemons know each other and nothing is about to move, as `node` sees it. */
export async function joined(lab: Lab, node: NodeName): Promise<void> {
  let seen: unknown;
  await waitFor(
    `${node} to see both nodes active and at rest`,
    async () => {
      const status = await askStatus(lab, node);
      if (status === undefined) return false; // Not up yet.
      seen = status;
      const active = status.nodes.filter((one) => one.state === "active").map((one) => one.name);
      return status.stable && NODE_NAMES.every((name) => active.includes(name));
    },
    { timeoutMs: PATIENCE_MS, everyMs: 50, describe: () => JSON.stringify(seen) },
  );
}

/** The part of `systole status --json` that the tests read. */
export interface StatusDocument {
  readonly schemaVersion: number;
  readonly node: string;
  readonly stable: boolean;
  readonly why: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly state: string;
    readonly dialect: string;
    readonly generation: number;
  }[];
  readonly problems?: readonly string[];
  readonly addressGuard?: { readonly state: string; readonly pid?: number };
  readonly isolation?: { readonly rule: string; readonly serves: boolean };
  readonly groups: readonly {
    readonly key: string;
    readonly owner: string | null;
    readonly failures?: readonly {
      readonly node: string;
      readonly count: number;
      readonly exhausted: boolean;
    }[];
    readonly resources: readonly { readonly name: string; readonly agent: string; readonly state: string }[];
  }[];
  readonly counters: {
    readonly framesSent: number;
    readonly framesReceived: number;
    readonly framesRefused: Readonly<Record<string, number>>;
  };
}

/** Asks the daemon of a node. Throws LabError when it does not answer. */
export async function statusOf(lab: Lab, node: NodeName): Promise<StatusDocument> {
  const status = await askStatus(lab, node);
  if (status === undefined) throw new LabError(`${node}: no daemon says how it is`);
  return status;
}

async function askStatus(lab: Lab, node: NodeName): Promise<StatusDocument | undefined> {
  const answer = await askControl(lab.node(node).host, { command: "status" });
  return answer?.ok === true ? (answer.status as StatusDocument) : undefined;
}

/** Runs a `systole` command on a node; returns what it printed. Throws LabError when it fails. */
export function systole(lab: Lab, node: NodeName, ...args: readonly string[]): Promise<string> {
  return lab.node(node).host.must([process.execPath, LAUNCHER, ...args]);
}
