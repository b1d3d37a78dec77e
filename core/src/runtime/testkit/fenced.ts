// Fences a node of a rack in memory, by devices that a test may spoil: for tests only.
import type {
  EngineEvent,
  FenceAction,
  FenceDevice,
  FenceResult,
  Processes,
  ProcessRequest,
} from "../../ports/index.js";
import { FenceHistory, type FenceRecord } from "../fencing/fence-history.js";
import { Fencing } from "../fencing/fencing.js";
import { fencingBy, type FencingConfig } from "../fencing/fencing-config.js";
import { JumpingClock } from "./jumping-clock.js";

const RULES = { delayMs: {}, priorityDelayMs: 0, retryMs: 5000, longestRetryMs: 60_000, attempts: 0 };
/** A power switch with one node, `two`, that is on. */
export class Switch implements FenceDevice {
  power: "on" | "off" = "on";
  constructor(private readonly behaviour: Partial<FenceDevice> = {}) {}

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    const { execute } = this.behaviour;
    if (execute !== undefined) return execute(action, node, signal);
    this.power = action === "off" ? "off" : "on";
    return { ok: true };
  }

  async status(node: string, signal: AbortSignal): Promise<"on" | "off" | "unknown"> {
    return this.behaviour.status?.(node, signal) ?? this.power;
  }

  async list(signal: AbortSignal): Promise<readonly string[]> {
    return this.behaviour.list?.(signal) ?? ["two"];
  }
}

export interface Fenced {
  readonly result: FenceResult;
  readonly how: string;
  readonly elapsedMs: number;
  /** What the devices were asked, in order: `rack off`. */
  readonly asked: readonly string[];
  readonly events: readonly EngineEvent[];
  readonly record: FenceRecord | undefined;
  readonly programs: readonly ProcessRequest[];
  /** Alarms that were left set. */
  readonly pending: number;
}

export interface Scene {
  readonly config?: Partial<FencingConfig>;
  /** What programs answer, by their path; success when absent. */
  readonly exitCodes?: Readonly<Record<string, number>>;
}

/** Fences `two` by devices that work, but for what is given. */
export async function fence(
  devices: Readonly<Record<string, Partial<FenceDevice>>>,
  { config = {}, exitCodes = {} }: Scene = {},
): Promise<Fenced> {
  const clock = new JumpingClock();
  const asked: string[] = [];
  const events: EngineEvent[] = [];
  const programs: ProcessRequest[] = [];
  const history = new FenceHistory(undefined, "one", () => undefined);
  const processes: Processes = {
    run: async (request) => {
      programs.push(request);
      const exitCode = exitCodes[request.command] ?? 0;
      return { exitCode, signal: null, stdout: "", stderr: "no\n", timedOut: false, elapsedMs: 1 };
    },
  };
  let answer: (reported: { readonly result: FenceResult; readonly how: string }) => void;
  const answered = new Promise<{ result: FenceResult; how: string }>((resolve) => (answer = resolve));
  const fencing = new Fencing({
    self: "one",
    clock,
    processes,
    history,
    config: { ...fencingBy(Object.keys(devices), RULES), ...config },
    devices: Object.entries(devices).map(([name, behaviour]) => ({
      name,
      device: recorded(name, new Switch(behaviour), asked),
    })),
    event: (event) => events.push(event),
    report: (_id, result, how) => {
      answer({ result, how });
    },
  });
  fencing.request(7, "two", "it fell silent");
  const settled = await clock.until(answered);
  if (settled.status === "rejected") throw settled.reason;
  const elapsedMs = clock.nowMs();
  await new Promise((resolve) => setImmediate(resolve));
  return {
    ...settled.value,
    elapsedMs,
    asked,
    events,
    record: history.all()[0],
    programs,
    pending: clock.pending,
  };
}

function recorded(name: string, device: FenceDevice, asked: string[]): FenceDevice {
  return {
    execute: (action, node, signal) => {
      if (node !== "two") throw new Error(`${name} was asked for ${node}`);
      asked.push(`${name} ${action}`);
      return device.execute(action, node, signal);
    },
    status: (node, signal) => device.status(node, signal),
    list: (signal) => device.list(signal),
  };
}
