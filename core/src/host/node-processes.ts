// Runs programs on a node such that nothing survives a time-out: each program leads a process group, and the group is ended.
import { spawn, type ChildProcess } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import type { Readable } from "node:stream";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { SystoleError, type Processes, type ProcessRequest, type ProcessResult } from "../ports/index.js";

const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const DEFAULT_KILL_GRACE_MS = 1000;
const DEFAULT_MAX_OUTPUT_BYTES = 65_536;
/** How long output that was written before the exit may take to arrive. */
const DRAIN_MS = 200;
/** Turns of the event loop without a byte after which the pipes hold nothing more. */
const QUIET_TURNS = 3;
/** How long a group may take to vanish after SIGKILL before we stop watching it. */
const VANISH_MS = 2000;
const POLL_MS = 5;
/** Longest delay that the timers of Node accept; a longer time-out is as good as none. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: "no such program, interpreter or working directory: install it or correct the path",
  EACCES: "permission denied: make the file executable (chmod +x) and its directories searchable",
  ENOEXEC: "not a program: give the script a first line such as #!/bin/sh",
  EAGAIN: "the limit of processes is reached: raise it (ulimit -u, TasksMax) or end some",
  ENOMEM: "out of memory",
  EMFILE: "too many open files: raise the limit (ulimit -n)",
  ENFILE: "too many open files on this machine",
  E2BIG: "arguments and environment are too long",
  ENOTDIR: "a part of the path is not a directory: correct the path",
};
const RETRYABLE: ReadonlySet<string> = new Set(["EAGAIN", "ENOMEM", "EMFILE", "ENFILE"]);

/**
 * The port `Processes` on a node. Output beyond `maxOutputBytes` is dropped from the middle, since the first and the
 * last lines tell most; `[n bytes dropped]` stands in its place. Programs start in `/` unless `cwd` says otherwise.
 * A program that ends in time may leave others of its group running (that is how daemons start); after a time-out
 * or an abort the whole group is ended. Throws `PROCESS_SPAWN_FAILED`.
 */
export class NodeProcesses implements Processes {
  async run(request: ProcessRequest, signal: AbortSignal): Promise<ProcessResult> {
    const startedAt = performance.now();
    if (signal.aborted) {
      return { exitCode: null, signal: null, stdout: "", stderr: "", timedOut: true, elapsedMs: 0 };
    }
    const child = spawnLeader(request);
    feed(child, request.input);
    const limit = request.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
    const stdout = new Capture(child.stdout, limit);
    const stderr = new Capture(child.stderr, limit);
    try {
      const exited = exitOf(child, request);
      const timedOut = (await firstOf(exited, request.timeoutMs, signal)) === "overdue";
      const graceMs = request.killGraceMs ?? DEFAULT_KILL_GRACE_MS;
      const [exitCode, endedBy] = timedOut ? await endGroup(child, exited, graceMs) : await exited;
      await drained(stdout, stderr);
      return {
        exitCode,
        signal: endedBy,
        stdout: stdout.text(),
        stderr: stderr.text(),
        timedOut,
        elapsedMs: performance.now() - startedAt,
      };
    } finally {
      child.stdin?.destroy();
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
  }
}

type Exit = readonly [exitCode: number | null, signal: string | null];

function spawnLeader(request: ProcessRequest): ChildProcess {
  try {
    return spawn(request.command, request.args, {
      cwd: request.cwd ?? "/",
      env: { PATH: SEARCH_PATH, LANG: "C", HOME: homedir(), ...request.env },
      detached: true,
      shell: false,
      stdio: [request.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
  } catch (cause) {
    throw spawnFailed(request, cause);
  }
}

/** A program that ends, or closes its input, before it has read everything has read what it wants. */
function feed(child: ChildProcess, input: string | undefined): void {
  child.stdin?.on("error", () => child.stdin?.destroy());
  child.stdin?.end(input);
}

/** `exit`, not `close`: a daemon that inherited the pipes must not hold us. */
function exitOf(child: ChildProcess, request: ProcessRequest): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once("exit", (exitCode, endedBy) => resolve([exitCode, endedBy]));
    child.once("error", (cause) => {
      if (child.pid === undefined) reject(spawnFailed(request, cause));
    });
  });
}

function spawnFailed(request: ProcessRequest, cause: unknown): SystoleError {
  const errno = errnoOf(cause);
  const advice = (errno && ADVICE[errno]) ?? (cause instanceof Error ? cause.message : String(cause));
  return new SystoleError(
    "PROCESS_SPAWN_FAILED",
    `cannot start ${request.command}: ${errno ? `${errno}, ` : ""}${advice}`,
    {
      cause,
      retryable: RETRYABLE.has(errno),
      details: { command: request.command, errno, cwd: request.cwd ?? "/" },
    },
  );
}

function errnoOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : "";
}

/** Waits for the exit, the time-out or the abort, and leaves no timer or listener behind. */
async function firstOf(exited: Promise<Exit>, timeoutMs: number, signal: AbortSignal) {
  let timer: NodeJS.Timeout | undefined;
  let overdue = (): void => {};
  const limit = new Promise<"overdue">((resolve) => {
    overdue = () => resolve("overdue");
    if (timeoutMs <= MAX_TIMER_MS) timer = setTimeout(overdue, Math.max(0, timeoutMs));
    signal.addEventListener("abort", overdue, { once: true });
  });
  try {
    return await Promise.race([exited.then(() => "exited" as const), limit]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", overdue);
  }
}

/**
 * Ends the group of `child`, whoever is left in it: first politely, then not. Resolves when nothing of it is alive, or
 * when the kernel holds on to one (a hung disk) for longer than we can wait; SIGKILL then stays pending.
 */
async function endGroup(child: ChildProcess, exited: Promise<Exit>, graceMs: number): Promise<Exit> {
  const group = child.pid;
  if (group === undefined) return exited;
  let exit: Exit = [null, null];
  void exited.then((seen) => (exit = seen));
  signalGroup(group, "SIGTERM");
  await groupGone(group, graceMs);
  // Also when all seemed gone: one may have been born while we looked.
  signalGroup(group, "SIGKILL");
  return (await groupGone(group, VANISH_MS)) ? exited : exit;
}

async function groupGone(group: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (await groupAlive(group)) {
    const leftMs = until - performance.now();
    if (leftMs <= 0) return false;
    await pause(Math.min(POLL_MS, leftMs));
  }
  return true;
}

/** A group of zombies that their new parent is slow to bury still takes signals; it is not alive. */
async function groupAlive(group: number): Promise<boolean> {
  if (!signalGroup(group, 0)) return false;
  const entries = await readdir("/proc").catch(() => undefined);
  if (entries === undefined) return true;
  for (const pid of entries) {
    if (!/^\d+$/.test(pid)) continue;
    const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
    // After the name, which may hold anything: state, parent, group.
    const [state, , itsGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (itsGroup === String(group) && state !== "Z" && state !== "X") return true;
  }
  return false;
}

/** True when somebody of the group was there to be signalled. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (cause) {
    // EPERM: the group lives on, as another user.
    return errnoOf(cause) === "EPERM";
  }
}

/** Reads what was written before the exit. A daemon that goes on writing is left to itself after a moment. */
async function drained(...captures: readonly Capture[]): Promise<void> {
  const until = performance.now() + DRAIN_MS;
  let seen = -1;
  for (let quiet = 0; quiet < QUIET_TURNS && performance.now() < until; quiet += 1) {
    if (captures.every((capture) => capture.ended)) return;
    const total = captures.reduce((sum, capture) => sum + capture.totalBytes, 0);
    if (total !== seen) quiet = 0;
    seen = total;
    await nextTurn();
  }
}

/** Keeps the first and the last bytes of a stream, in bounded memory. */
class Capture {
  totalBytes = 0;
  ended = false;
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  readonly #tail: Buffer[] = [];
  #tailBytes = 0;

  constructor(stream: Readable | null, limitBytes: number) {
    this.#headLimit = Math.ceil(limitBytes / 2);
    this.#tailLimit = limitBytes - this.#headLimit;
    stream?.on("data", (chunk: Buffer) => this.#keep(chunk));
    stream?.once("close", () => (this.ended = true));
    // A reset pipe has nothing to tell that the exit does not.
    stream?.on("error", () => (this.ended = true));
  }

  text(): string {
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    const lastOfTail = tail.subarray(Math.max(0, tail.length - this.#tailLimit));
    const dropped = this.totalBytes - head.length - lastOfTail.length;
    if (dropped === 0) return Buffer.concat([head, lastOfTail]).toString();
    return `${head.toString()}\n[${dropped} bytes dropped]\n${lastOfTail.toString()}`;
  }

  #keep(chunk: Buffer): void {
    this.totalBytes += chunk.length;
    const first = chunk.subarray(0, this.#headLimit - this.#headBytes);
    if (first.length > 0) this.#head.push(first);
    this.#headBytes += first.length;
    this.#tail.push(chunk.subarray(first.length));
    this.#tailBytes += chunk.length - first.length;
    for (let oldest = this.#tail[0]; oldest !== undefined; oldest = this.#tail[0]) {
      if (this.#tailBytes - oldest.length < this.#tailLimit) return;
      this.#tail.shift();
      this.#tailBytes -= oldest.length;
    }
  }
}
