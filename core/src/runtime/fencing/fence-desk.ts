// What an operator may ask about fencing without doing any harm: which devices there are, what they say, what happened.
import type { Clock, FenceDevice } from "../../ports/index.js";
import type { ConfirmationDesk } from "./confirmation-desk.js";
import { DeviceCalls, type PowerState } from "./device-calls.js";
import type { FenceHistory, FenceRecord } from "./fence-history.js";
import type { NamedFenceDevice } from "./fence-level.js";
import { FENCING_LIMITS, levelsOf, type FencingConfig } from "./fencing-config.js";

/** A device and the nodes that it lists. */
export interface DeviceReport {
  readonly name: string;
  readonly nodes: readonly string[];
  /** Why it could not say. */
  readonly problem?: string;
}

/** How a node would be fenced. */
export interface FencingOfNode {
  readonly node: string;
  readonly levels: readonly (readonly string[])[];
  /** How long the others wait before they fence it. */
  readonly delayMs: number;
}

/** One device, asked about one node. */
export interface DeviceTest {
  readonly device: string;
  /** 1 for the first. */
  readonly level: number;
  readonly lists: boolean;
  readonly status: PowerState;
  readonly problem?: string;
}

export interface NodeTest {
  readonly node: string;
  /** There is a level of which every device lists the node and answers. */
  readonly ok: boolean;
  readonly devices: readonly DeviceTest[];
}

/** Never rejects; each device has bounded time. */
export interface FenceDesk {
  /** What is done to a node. */
  readonly action: "off" | "reset";
  devices(): Promise<readonly DeviceReport[]>;
  nodes(): readonly FencingOfNode[];
  test(node: string): Promise<NodeTest>;
  /** The latest last. */
  history(): readonly FenceRecord[];
  /** Nodes about which a person is asked. */
  questions(): readonly string[];
}

export interface FenceDeskInit {
  readonly clock: Clock;
  /** Other nodes than this one. */
  readonly nodes: () => readonly string[];
  readonly config: FencingConfig;
  readonly devices: readonly NamedFenceDevice[];
  readonly history: FenceHistory;
  readonly confirmations: ConfirmationDesk;
}

export function fenceDesk(init: FenceDeskInit): FenceDesk {
  const { config, devices } = init;
  const calls = new DeviceCalls(init.clock, config.timeoutMs, new AbortController().signal);
  return {
    action: config.action,
    devices: sharedFor(init.clock, () => Promise.all(devices.map((named) => reportOf(named, calls)))),
    nodes: () =>
      init.nodes().map((node) => {
        return { node, levels: levelsOf(node, config), delayMs: config.rules.delayMs[node] ?? 0 };
      }),
    test: (node) => testNode(node, config, devices, calls),
    history: () => init.history.all(),
    questions: () => init.confirmations.waiting(),
  };
}

/** Whoever asks within a moment gets the same answer: many who look are no burden to a power switch. */
function sharedFor<Answer>(clock: Clock, ask: () => Promise<Answer>): () => Promise<Answer> {
  let last: { readonly atMs: number; readonly answer: Promise<Answer> } | undefined;
  return () => {
    const nowMs = clock.nowMs();
    if (last === undefined || nowMs - last.atMs >= FENCING_LIMITS.listSharedMs)
      last = { atMs: nowMs, answer: ask() };
    return last.answer;
  };
}

async function reportOf({ name, device }: NamedFenceDevice, calls: DeviceCalls): Promise<DeviceReport> {
  const listed = await calls.list(device);
  return listed.ok ? { name, nodes: listed.value } : { name, nodes: [], problem: listed.reason };
}

async function testNode(
  node: string,
  config: FencingConfig,
  devices: readonly NamedFenceDevice[],
  calls: DeviceCalls,
): Promise<NodeTest> {
  const levels = levelsOf(node, config).map((names, index) =>
    Promise.all(
      names.flatMap((name) => {
        const found = devices.find((device) => device.name === name);
        return found === undefined ? [] : [testDevice(found, index + 1, node, calls)];
      }),
    ),
  );
  const tested = await Promise.all(levels);
  const ok = tested.some((level) => level.length > 0 && level.every(isUsable));
  return { node, ok, devices: tested.flat() };
}

async function testDevice(
  { name, device }: NamedFenceDevice,
  level: number,
  node: string,
  calls: DeviceCalls,
): Promise<DeviceTest> {
  const lists = await listsNode(device, node, calls);
  if (typeof lists === "string")
    return { device: name, level, lists: false, status: "unknown", problem: lists };
  const status = await calls.status(device, node);
  if (!status.ok) return { device: name, level, lists: true, status: "unknown", problem: status.reason };
  return { device: name, level, lists: true, status: status.value };
}

/** True, or why not. */
async function listsNode(device: FenceDevice, node: string, calls: DeviceCalls): Promise<true | string> {
  const listed = await calls.list(device);
  if (!listed.ok) return listed.reason;
  if (listed.value.includes(node)) return true;
  return `it does not list ${node}; it lists ${listed.value.join(", ") || "nothing"}`;
}

function isUsable({ lists, problem }: DeviceTest): boolean {
  return lists && problem === undefined;
}
