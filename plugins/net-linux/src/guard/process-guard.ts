// The daemon's end of its guard: starts the process, tells it what to watch, feeds it, and starts it again when it ends.
import { spawn, type ChildProcess } from "node:child_process";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import type { AddressGuard, AddressGuardView, GuardedAddress, Logger } from "@systole/sdk";
import type { NetLinuxConfig } from "../net-linux-config.js";
import { LineBuffer, orderLine, parseReport, type GuardOrder, type GuardReport } from "./guard-lines.js";
import { GUARD_LIMITS } from "./limits.js";
import { monotonicMs } from "./monotonic.js";
import { judgeEnd } from "./restart-rule.js";

/** Built: it runs as a program of its own, also when this file runs from its source. */
const PROGRAM = fileURLToPath(new URL("../../dist/guard/guard-program.js", import.meta.url));

/** Starts `PROGRAM` with these arguments; tests replace it. */
export type StartGuard = (args: readonly string[]) => ChildProcess;

interface Watching {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  ready: boolean;
  heardMs: number;
  unanswered: number;
}

export class ProcessGuard implements AddressGuard {
  readonly #backend: NetLinuxConfig["backend"];
  readonly #log: Logger;
  readonly #start: StartGuard;
  readonly #held = new Map<string, GuardedAddress>();
  #afterMs: number | undefined;
  #watching: Watching | undefined;
  #lastBeatMs: number | undefined;
  #endsMs: readonly number[] = [];
  #restarts = 0;
  #restart: NodeJS.Timeout | undefined;

  constructor({ backend }: NetLinuxConfig, log: Logger, start: StartGuard = startProcess) {
    this.#backend = backend;
    this.#log = log;
    this.#start = start;
  }

  open(afterMs: number): void {
    this.#afterMs = afterMs;
    this.#begin();
  }

  hold(address: GuardedAddress): void {
    const { address: text, prefixLength, interface: name } = address;
    const held = { address: text, prefixLength, interface: name };
    this.#held.set(text, held);
    this.#say({ kind: "hold", address: held });
  }

  letGo(address: string): void {
    const held = this.#held.get(address);
    if (held === undefined) return;
    this.#held.delete(address);
    this.#say({ kind: "let-go", address: held });
  }

  feed(): void {
    this.#lastBeatMs = monotonicMs();
    const watching = this.#watching;
    if (watching === undefined) return;
    this.#say({ kind: "beat", atMs: this.#lastBeatMs });
    watching.unanswered += 1;
    const silentMs = this.#lastBeatMs - watching.heardMs;
    const deaf = watching.unanswered >= GUARD_LIMITS.unanswered && silentMs >= GUARD_LIMITS.unansweredMs;
    const { pid, stdin } = watching.child;
    if (!deaf && (stdin?.writableLength ?? 0) < GUARD_LIMITS.backlogBytes) return;
    this.#log.error("guard.stands-still", { pid, silentMs: Math.round(silentMs) });
    watching.child.kill("SIGKILL");
  }

  view(): AddressGuardView | undefined {
    if (this.#afterMs === undefined) return undefined;
    const pid = this.#watching?.child.pid;
    return {
      state: this.#watching === undefined ? "down" : this.#watching.ready ? "watching" : "starting",
      afterMs: this.#afterMs,
      ...(pid !== undefined && { pid }),
      restarts: this.#restarts,
    };
  }

  /** It has nothing to wait for when the pipe is closed: it removes what is held still, and ends. */
  async close(): Promise<void> {
    this.#afterMs = undefined;
    clearTimeout(this.#restart);
    const watching = this.#watching;
    this.#watching = undefined;
    if (watching === undefined) return;
    const { child } = watching;
    child.stdin?.end();
    const timer = setTimeout(() => child.kill("SIGKILL"), GUARD_LIMITS.endMs);
    await watching.ended;
    clearTimeout(timer);
  }

  #begin(): void {
    const child = this.#start([String(this.#afterMs), this.#backend]);
    const ended = new Promise<void>((resolve) => {
      // A program that cannot be started has no exit.
      child.once("error", (error) => {
        this.#log.error("guard.start-failed", { error: error.message });
        resolve();
      });
      child.once("exit", () => resolve());
    });
    const watching: Watching = { child, ended, ready: false, heardMs: monotonicMs(), unanswered: 0 };
    this.#watching = watching;
    child.stdin?.on("error", () => undefined); // Its end is heard of as such.
    const lines = new LineBuffer();
    child.stdout?.setEncoding("utf8");
    child.stdout?.on("data", (piece: string) => {
      for (const line of lines.take(piece)) this.#heard(watching, parseReport(line));
    });
    void ended.then(() => this.#ended(watching));
    for (const address of this.#held.values()) this.#say({ kind: "hold", address });
    if (this.#lastBeatMs !== undefined) this.#say({ kind: "beat", atMs: this.#lastBeatMs });
  }

  #heard(watching: Watching, report: GuardReport | undefined): void {
    watching.heardMs = monotonicMs();
    watching.unanswered = 0;
    if (report?.kind === "ready") {
      watching.ready = true;
      const { pid } = watching.child;
      this.#log.info("guard.started", { pid, afterMs: this.#afterMs, priority: report.priority });
    } else if (report?.kind === "removed") {
      const { addresses, silentMs, failures } = report;
      const fields = { addresses: addresses.join(" "), silentMs };
      if (failures.length === 0) this.#log.warn("guard.removed", fields);
      else this.#log.error("guard.remove-failed", { ...fields, error: failures.join("; ") });
    }
  }

  #ended(watching: Watching): void {
    if (this.#watching !== watching) return;
    this.#watching = undefined;
    const { pid, exitCode, signalCode } = watching.child;
    const { pauseMs, endsMs, hopeless } = judgeEnd(this.#endsMs, monotonicMs());
    this.#endsMs = endsMs;
    const fields = { pid, code: exitCode, signal: signalCode, againAfterMs: pauseMs };
    if (hopeless) this.#log.error("guard.failing", fields);
    else this.#log.warn("guard.ended", fields);
    this.#restart = setTimeout(() => {
      this.#restarts += 1;
      this.#begin();
    }, pauseMs);
  }

  #say(order: GuardOrder): void {
    this.#watching?.child.stdin?.write(orderLine(order));
  }
}

/** In a session of its own, and with nothing of this process but its log. */
function startProcess(args: readonly string[]): ChildProcess {
  return spawn(execPath, [...MEMORY_FLAGS, PROGRAM, ...args], {
    cwd: "/",
    detached: true,
    env: { PATH: env["PATH"] ?? "" },
    stdio: ["pipe", "pipe", "inherit"],
  });
}

/** It does so little that no code of it is worth being optimised, nor a thread of its own. */
const MEMORY_FLAGS = ["--no-opt", "--v8-pool-size=0", "--no-warnings"] as const;
