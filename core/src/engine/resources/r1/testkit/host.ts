// What the simulated pair is made of: a host, how membership shows it, and its messages as the timelines write them.
import {
  textField,
  type GroupSpec,
  type Message,
  type NodeState,
  type NodeView,
} from "../../../../ports/index.js";
import type { R1Machine } from "../index.js";

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
