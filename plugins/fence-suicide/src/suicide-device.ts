// Ends the node that it runs on. It never answers ok: whoever can still answer has not ended.
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import {
  runAgentProgram,
  type Clock,
  type ClusterAccess,
  type FenceAction,
  type FenceDevice,
  type FenceResult,
  type Logger,
  type Processes,
  type SelfReset,
} from "@systole/sdk";
import type { SuicideConfig } from "./config.js";
import { waysTo, type Way } from "./ways.js";

export interface SuicideInit {
  readonly config: SuicideConfig;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly cluster: ClusterAccess;
  readonly selfReset: SelfReset;
  readonly log: Logger;
}

export class SuicideDevice implements FenceDevice {
  readonly endsOwnNode = true;

  constructor(private readonly init: SuicideInit) {}

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    const { config, log } = this.init;
    if (signal.aborted) return { ok: false, kind: "timeout", reason: "given up before it began" };
    if (node !== this.self())
      return { ok: false, kind: "unknown-node", reason: `${JSON.stringify(node)} is not this node` };
    if (action === "on") return { ok: false, kind: "error", reason: "this node is on already" };
    const failures: string[] = [];
    const { clock, selfReset } = this.init;
    // First of all: should another way hang this machine, the watchdog is what ends it.
    const resetMs = config.watchdog ? selfReset.stopFeeding(`${action} of this node`) : undefined;
    const resetAtMs = clock.nowMs() + (resetMs ?? 0);
    for (const way of waysTo(action, config)) {
      const how = nameOf(way);
      log.error("fence.self", { node, action, how });
      const begunMs = clock.nowMs();
      const untilMs = (way.kind === "watchdog" ? resetAtMs : begunMs) + config.waitMs;
      const trouble =
        way.kind === "watchdog" && resetMs === undefined
          ? NO_WATCHDOG
          : await this.take(way, untilMs, signal).catch((cause: unknown) => reasonOf(cause));
      failures.push(`${how}: ${trouble ?? `still here after ${Math.round(untilMs - begunMs)} ms`}`);
      if (signal.aborted) return { ok: false, kind: "timeout", reason: failures.join("; ") };
    }
    return { ok: false, kind: "error", reason: `this node could not be ended: ${failures.join("; ")}` };
  }

  /** Who is asked is on. */
  async status(node: string): Promise<"on" | "unknown"> {
    return node === this.self() ? "on" : "unknown";
  }

  async list(): Promise<readonly string[]> {
    return [this.self()];
  }

  private self(): string {
    return this.init.cluster.view().node;
  }

  /** Resolves when this node is still there after the time for it, or with what was in the way. */
  private async take(way: Way, untilMs: number, signal: AbortSignal): Promise<string | undefined> {
    if (way.kind === "sysrq") await trigger(way.path, way.letter);
    else if (way.kind === "command") {
      const overdue = this.wait(untilMs, signal);
      const run = await runAgentProgram(this.init.processes, way, overdue.signal);
      overdue.cancel();
      if (run.ran && run.result.exitCode !== 0) return `exited with ${String(run.result.exitCode)}`;
      if (!run.ran && run.answer.kind !== "timeout") return run.answer.reason;
    }
    const rest = this.wait(untilMs, signal);
    await rest.ended;
    return undefined;
  }

  /** Ends at `untilMs`, or when `signal` aborts; `signal` of the result aborts then. */
  private wait(untilMs: number, signal: AbortSignal) {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const cancel = this.init.clock.wakeAt(untilMs, end);
    const ended = new Promise<void>((resolve) => {
      ending.signal.addEventListener("abort", () => resolve(), { once: true });
    }).finally(() => {
      cancel();
      signal.removeEventListener("abort", end);
    });
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    return { signal: ending.signal, ended, cancel: end };
  }
}

const NO_WATCHDOG = "this machine has none in use; write `watchdog /dev/watchdog` into ha.cf";

function nameOf(way: Way): string {
  switch (way.kind) {
    case "command":
      return way.command;
    case "sysrq":
      return `${way.letter} to ${way.path}`;
    case "watchdog":
      return "the watchdog";
  }
}

/** Writes to what is there, and makes nothing: a path that is wrong must be noticed. */
async function trigger(path: string, letter: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
  try {
    await file.write(letter);
  } finally {
    await file.close();
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
