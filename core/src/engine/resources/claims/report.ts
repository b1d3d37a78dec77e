// What a Systole node tells the others in every `status`: one field, `systole`, with a line of JSON. It is the whole
// state, not a change, so a lost message costs nothing but time.
import { textField, type Message, type RunState } from "../../../ports/index.js";
import { LIMITS } from "../../limits.js";
import { sameClaim, type Claim } from "./claim.js";

export const REPORT_FIELD = "systole";
export const REPORT_VERSION = 1;

export interface GroupReport {
  readonly claim: Claim;
  /** What the group does on the reporting node. */
  readonly state: RunState;
  /** The reporting node tried to start it and could not. */
  readonly failed: boolean;
  /** It failed on the reporting node as often as its rules allow, lately. */
  readonly exhausted: boolean;
  /** It is to stay down, everywhere, as long as this claim is the highest. */
  readonly down: boolean;
  /** The reporting node is not to be trusted with it any more, and asks to be fenced. */
  readonly fence: boolean;
  /** Remembered failures of each resource on the reporting node, in the order of the group. */
  readonly failures: readonly number[];
  /** Why the claim was made, in the words of who made it. */
  readonly why: string;
  /** Why it failed, and what is done about it, for people. */
  readonly reason?: string;
}

export interface NodeReport {
  /** The node takes groups: it is active and not on its way out. */
  readonly ready: boolean;
  /** Ping nodes that answer it. */
  readonly pings: number;
  /** It hears no other node and has let go of everything. */
  readonly alone?: boolean;
  /** Nodes that it does not hear. Who hears its own name here is not heard. */
  readonly unheard?: readonly string[];
  readonly groups: ReadonlyMap<string, GroupReport>;
}

const STATES: readonly RunState[] = ["stopped", "starting", "started", "stopping", "failed", "unknown"];
const LONGEST_REASON = 200;
const FLAGS = { failed: 1, exhausted: 2, down: 4, fence: 8 } as const;

/** With very many groups the reasons are left out: what matters must fit into one datagram. */
export function encodeReport(report: NodeReport): string {
  const text = encode(report, true);
  return text.length <= LIMITS.reportBytes ? text : encode(report, false);
}

/** Whether there is nothing new in it. Asked at every step, so each field by itself. */
export function sameReport(one: NodeReport, other: NodeReport): boolean {
  if (one.ready !== other.ready || one.pings !== other.pings || one.alone !== other.alone) return false;
  if (!sameItems(one.unheard ?? [], other.unheard ?? []) || one.groups.size !== other.groups.size)
    return false;
  for (const [key, group] of one.groups) {
    const before = other.groups.get(key);
    if (before === undefined || !sameGroup(group, before)) return false;
  }
  return true;
}

function sameGroup(one: GroupReport, other: GroupReport): boolean {
  return (
    sameClaim(one.claim, other.claim) &&
    one.state === other.state &&
    flagsOf(one) === flagsOf(other) &&
    one.why === other.why &&
    one.reason === other.reason &&
    sameItems(one.failures, other.failures)
  );
}

function sameItems<Item>(one: readonly Item[], other: readonly Item[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

function encode(report: NodeReport, withReasons: boolean): string {
  const groups = [...report.groups].map(([key, group]) => [
    key,
    group.claim.epoch,
    group.claim.owner ?? "",
    group.state,
    flagsOf(group),
    withReasons ? printable(group.why) : "",
    withReasons ? printable(group.reason ?? "") : "",
    group.failures.some((count) => count > 0) ? group.failures : [],
  ]);
  const alone = report.alone === true ? { alone: true } : {};
  const { ready, pings, unheard = [] } = report;
  const missing = unheard.length === 0 ? {} : { unheard };
  return JSON.stringify({ v: REPORT_VERSION, ready, pings, ...alone, ...missing, groups });
}

function flagsOf(group: GroupReport): number {
  const { failed, exhausted, down, fence } = FLAGS;
  return (
    (group.failed ? failed : 0) |
    (group.exhausted ? exhausted : 0) |
    (group.down ? down : 0) |
    (group.fence ? fence : 0)
  );
}

/** Undefined when the message has no report, or one of a version or shape that this node does not understand. */
export function decodeReport(message: Message): NodeReport | undefined {
  const text = textField(message, REPORT_FIELD);
  if (text === undefined || text.length > LIMITS.reportBytes) return undefined;
  const value = parseJson(text);
  if (!isRecord(value) || value["v"] !== REPORT_VERSION || !Array.isArray(value["groups"])) return undefined;
  const groups = new Map<string, GroupReport>();
  for (const entry of value["groups"]) {
    const group = decodeGroup(entry);
    if (group === undefined) return undefined;
    groups.set(group[0], group[1]);
  }
  const pings = value["pings"];
  const alone = value["alone"] === true ? { alone: true } : {};
  const names = Array.isArray(value["unheard"]) ? value["unheard"].filter(isText) : [];
  const unheard = names.length === 0 ? {} : { unheard: names };
  return { ready: value["ready"] === true, pings: isCount(pings) ? pings : 0, ...alone, ...unheard, groups };
}

function decodeGroup(entry: unknown): readonly [string, GroupReport] | undefined {
  if (!Array.isArray(entry)) return undefined;
  const [key, epoch, owner, state, flags, why, reason, failures]: unknown[] = entry;
  if (typeof key !== "string" || !isCount(epoch) || typeof owner !== "string") return undefined;
  const known = STATES.find((candidate) => candidate === state);
  if (known === undefined || !isCount(flags)) return undefined;
  return [
    key,
    {
      claim: { epoch, owner: owner === "" ? undefined : owner },
      state: known,
      failed: (flags & FLAGS.failed) !== 0,
      exhausted: (flags & FLAGS.exhausted) !== 0,
      down: (flags & FLAGS.down) !== 0,
      fence: (flags & FLAGS.fence) !== 0,
      failures: Array.isArray(failures) ? failures.filter(isCount) : [],
      why: typeof why === "string" ? why : "",
      ...(typeof reason === "string" && reason !== "" ? { reason } : {}),
    },
  ];
}

// Text fields of the wire are byte strings without control characters; the rest of a reason is for logs, not for peers.
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, " ").slice(0, LONGEST_REASON);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
