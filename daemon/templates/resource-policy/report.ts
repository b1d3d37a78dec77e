// What every node says of every group with each status: who should have it, and what it does with it itself.
import { textField, type Message } from "@systole/sdk";

/** Who should have a group. The later claim counts, so nodes that tell each other theirs agree in the end. */
export interface Claim {
  readonly epoch: number;
  /** Undefined: nobody has claimed it yet. */
  readonly owner: string | undefined;
}

/** `stuck`: part of it could not be stopped. */
export type HoldState = "stopped" | "starting" | "started" | "stopping" | "stuck";

export interface GroupReport {
  readonly claim: Claim;
  readonly state: HoldState;
  /** It could not be started on this node, lately. */
  readonly failed: boolean;
}

export interface Report {
  /** The node takes groups: it is not on its way out. */
  readonly ready: boolean;
  readonly groups: ReadonlyMap<string, GroupReport>;
}

export const UNCLAIMED: Claim = { epoch: 0, owner: undefined };
/** The field of a status that holds the report. */
export const REPORT_FIELD = "template-name";
const STATES: readonly HoldState[] = ["stopped", "starting", "started", "stopping", "stuck"];

/** A total order: the later epoch, then the node at home, then the name that sorts first. Positive when `left` wins. */
export function compareClaims(left: Claim, right: Claim, home: string): number {
  if (left.epoch !== right.epoch) return left.epoch - right.epoch;
  if (left.owner === right.owner) return 0;
  if (left.owner === home || right.owner === home) return left.owner === home ? 1 : -1;
  return (left.owner ?? "") < (right.owner ?? "") ? 1 : -1;
}

export function encodeReport({ ready, groups }: Report): string {
  const told = [...groups].map(([key, { claim, state, failed }]) => {
    return [key, claim.epoch, claim.owner ?? "", state, failed];
  });
  return JSON.stringify({ ready, groups: told });
}

/** Undefined for what makes no sense. */
export function decodeReport(message: Message): Report | undefined {
  const value = parsed(textField(message, REPORT_FIELD));
  if (typeof value !== "object" || value === null || !("groups" in value)) return undefined;
  if (!Array.isArray(value.groups)) return undefined;
  const groups = new Map<string, GroupReport>();
  for (const entry of value.groups as readonly unknown[]) {
    const [key, epoch, owner, state, failed]: unknown[] = Array.isArray(entry) ? entry : [];
    const known = STATES.find((one) => one === state);
    if (typeof key !== "string" || typeof owner !== "string" || known === undefined) return undefined;
    if (typeof epoch !== "number" || !Number.isSafeInteger(epoch) || epoch < 0) return undefined;
    const claim = { epoch, owner: owner === "" ? undefined : owner };
    groups.set(key, { claim, state: known, failed: failed === true });
  }
  return { ready: "ready" in value && value.ready === true, groups };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
