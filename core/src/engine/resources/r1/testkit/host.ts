// What the simulated pair is made of: a host, how membership shows it, and its messages as the timelines write them.
import {
  textField,
  type Failback,
  type GroupSpec,
  type Message,
  type NodeState,
  type NodeView,
} from "../../../../ports/index.js";
import type { R1Machine } from "../index.js";

export interface TwoNodesOptions {
  readonly failback?: Failback;
  readonly fencing?: boolean;
  readonly groups?: readonly GroupSpec[];
  /** How long messages travel, in turns; unequal delays reorder them. */
  readonly delaysMs?: readonly number[];
  /** How long starts and stops take, in turns. */
  readonly operationsMs?: readonly number[];
  /** Index of the message, counted over both nodes from 0, that is lost. */
  readonly lose?: number;
}

export interface Host {
  readonly name: string;
  machine: R1Machine | undefined;
  generation: number;
  sequence: number;
  /** How the other one sees this host. */
  seen: NodeState;
  reason: string;
  readonly running: Set<string>;
}

export function group(key: string, home: string): GroupSpec {
  return { key, home, resources: [{ name: key, agent: "test" }] };
}

export function host(name: string): Host {
  return {
    name,
    machine: undefined,
    generation: 0,
    sequence: 0,
    seen: "init",
    reason: "",
    running: new Set(),
  };
}

export function view(name: string, kind: NodeView["kind"], state: NodeState, generation: number): NodeView {
  const dialect = "heartbeat";
  return { name, kind, state, reason: "", generation, dialect, links: [], heardAtMs: undefined };
}

/** As the timelines of heartbeat's specification write a message. */
export function describe(message: Message): string {
  const value = (name: string) => textField(message, name);
  const parts = ["t", "rsc_hold", "node", "result", "ipaddr", "weown", "num_ping"].map(value);
  const stable = value("isstable");
  if (stable !== undefined) parts.push(`stable=${stable}`);
  const info = value("info");
  if (info !== undefined) parts.push(info);
  return parts.filter((part) => part !== undefined).join(" ");
}

/** Adds what membership adds and the machine reads. */
export function stamp(message: Message, from: Host): Message {
  const added = { src: from.name, seq: from.sequence.toString(16), hg: from.generation.toString(16) };
  const fields = Object.entries(added).map(([name, value]) => ({ name, type: "string", value }) as const);
  return { fields: [...message.fields, ...fields] };
}

export function inTurn(values: readonly number[], turn: number): number {
  return values[turn % values.length] ?? 0;
}

export function isDue(one: Host, nowMs: number): boolean {
  return one.machine !== undefined && one.machine.deadline() <= nowMs;
}

/** A span of time in which a group ran on every host. */
export interface Double {
  readonly key: string;
  readonly fromMs: number;
  toMs: number | undefined;
}

export function trackDoubles(
  spans: Double[],
  keys: readonly string[],
  hosts: readonly Host[],
  nowMs: number,
): void {
  for (const key of keys) {
    const isDouble = hosts.every((one) => one.running.has(key));
    const open = spans.find((span) => span.key === key && span.toMs === undefined);
    if (isDouble && open === undefined) spans.push({ key, fromMs: nowMs, toMs: undefined });
    if (!isDouble && open !== undefined) open.toMs = nowMs;
  }
}
