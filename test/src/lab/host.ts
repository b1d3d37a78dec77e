// One machine of the lab: a holder process with its own network, mounts, name and process numbers.
// The holder waits on a pipe from us, and it is the host's pid 1: when we end, however we end, all of the host ends.
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { HOST_NAMESPACES } from "./ability.js";
import { hostEnvironment } from "./environment.js";
import {
  childrenOf,
  pidNamespaceOf,
  processesIn,
  processesOfNamespace,
  type HostProcess,
} from "./processes.js";
import { LabError, waitFor } from "./wait.js";

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HostOptions {
  readonly name: string;
  /** Make a user namespace first, as whose root we then act. */
  readonly asUser: boolean;
  /** Pid of a host whose user namespace this one joins. */
  readonly joinUserOf?: number | undefined;
  /** Shell commands that give the host its view of the files; run as the host's pid 1. */
  readonly mounts: string;
}

const COMMAND_TIMEOUT_MS = 15_000;
/** A machine that is busy takes its time to take a host apart. */
const END_TIMEOUT_MS = 20_000;
const OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024;

export class Host {
  private closed: Promise<readonly HostProcess[]> | undefined;

  private constructor(
    readonly name: string,
    /** The host's pid 1 as seen from outside. */
    readonly pid: number,
    private readonly holder: ChildProcess,
    private readonly inUserNamespace: boolean,
    /** Open: as long as it is, the kernel gives the namespace's number to no other. */
    private readonly pidNamespaceFd: number,
  ) {}

  /** Throws LabError when the kernel refuses. */
  static async start(options: HostOptions): Promise<Host> {
    const makeUser = options.asUser && options.joinUserOf === undefined;
    const unshare = [
      "unshare",
      ...(makeUser ? ["--user", "--map-root-user"] : []),
      ...HOST_NAMESPACES,
      "--fork",
      "--kill-child",
      "--mount-proc",
    ];
    const join =
      options.joinUserOf === undefined || !options.asUser
        ? []
        : ["nsenter", "-t", String(options.joinUserOf), "--user", "--preserve-credentials"];
    // bash reaps whatever the daemons orphan, as an init does; `read` ends with our pipe.
    const script = `set -e; hostname ${options.name}; ip link set lo up\n${options.mounts}\necho ready; exec 1>&-; read -r _ || true`;
    const [program = "unshare", ...args] = [...join, ...unshare, "bash", "-c", script];
    const holder = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: hostEnvironment(),
      detached: true,
    });
    await readyLine(options.name, holder);
    const pid = await waitFor(`pid 1 of ${options.name}`, () => childrenOf(holder.pid ?? -1)[0]?.pid, {
      timeoutMs: 5000,
    });
    return new Host(options.name, pid, holder, options.asUser, openSync(`/proc/${String(pid)}/ns/pid`, "r"));
  }

  /** The command line that runs `argv` inside the host; also what a person may type. */
  enter(argv: readonly string[]): string[] {
    const user = this.inUserNamespace ? ["--user", "--preserve-credentials"] : [];
    return ["nsenter", "-t", String(this.pid), ...user, ...HOST_NAMESPACES, "--", ...argv];
  }

  /** As `must`, in the host's network but with the machine's process numbers, for commands that name other hosts by pid. */
  async mustOutsidePids(argv: readonly string[], input = ""): Promise<string> {
    const user = this.inUserNamespace ? ["--user", "--preserve-credentials"] : [];
    return this.check(
      argv,
      await this.finish(["nsenter", "-t", String(this.pid), ...user, "--net", "--", ...argv], input),
    );
  }

  /** Starts a program in the host; the caller ends it (or `close` does). */
  spawn(
    argv: readonly string[],
    stdio: StdioOptions,
    env: Readonly<Record<string, string>> = {},
  ): ChildProcess {
    const [program = "nsenter", ...args] = this.enter(argv);
    // Detached: a Ctrl-C in the terminal is for us; we end our hosts in order.
    return spawn(program, args, { stdio, env: hostEnvironment(env), detached: true });
  }

  /** Runs a program to its end. Never throws for its exit status; `code` is null when it was ended by a signal or the time limit. */
  run(argv: readonly string[], input = "", timeoutMs = COMMAND_TIMEOUT_MS): Promise<CommandResult> {
    return this.finish(this.enter(argv), input, timeoutMs);
  }

  /** As `run`; throws LabError with the program's words when it fails. Returns what it printed. */
  async must(argv: readonly string[], input = ""): Promise<string> {
    return this.check(argv, await this.run(argv, input));
  }

  private check(argv: readonly string[], result: CommandResult): string {
    if (result.code === 0) return result.stdout;
    const said = result.stderr.trim() || result.stdout.trim();
    throw new LabError(`${this.name}: ${argv.join(" ")}: exit ${String(result.code)}: ${said}`);
  }

  private async finish(
    commandLine: readonly string[],
    input: string,
    timeoutMs = COMMAND_TIMEOUT_MS,
  ): Promise<CommandResult> {
    const [program = "nsenter", ...args] = commandLine;
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: hostEnvironment(),
      detached: true,
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.stdin.on("error", () => undefined); // A program that does not read its input is no failure.
    child.stdin.end(input);
    const timer = setTimeout(() => {
      for (const inner of childrenOf(child.pid ?? -1)) sendSignal(inner.pid, "SIGKILL");
      child.kill("SIGKILL");
    }, timeoutMs);
    try {
      const [code] = (await once(child, "close")) as [number | null];
      return { code, stdout: stdout(), stderr: stderr() };
    } finally {
      clearTimeout(timer);
    }
  }

  processes(): HostProcess[] {
    return processesOfNamespace(this.pid);
  }

  /**
   * Ends every process of the host, and with the last its network and mounts. Returns what survived: nothing, or a bug.
   * A second call has the same answer.
   */
  close(): Promise<readonly HostProcess[]> {
    this.closed ??= this.end();
    return this.closed;
  }

  private async end(): Promise<readonly HostProcess[]> {
    const ended = this.holder.exitCode !== null || this.holder.signalCode !== null;
    const closed = ended ? Promise.resolve() : once(this.holder, "close");
    this.holder.stdin?.end();
    sendSignal(this.pid, "SIGKILL");
    await closed;
    const namespace = pidNamespaceOf(this.pidNamespaceFd);
    try {
      await waitFor(`the end of ${this.name}`, () => processesIn(namespace).length === 0, {
        timeoutMs: END_TIMEOUT_MS,
      });
    } catch {
      return processesIn(namespace);
    } finally {
      closeSync(this.pidNamespaceFd);
    }
    return [];
  }
}

/** Sends a signal; a process that has already ended is no error. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on("data", (chunk: Buffer) => {
    if (size < OUTPUT_LIMIT_BYTES) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

async function readyLine(name: string, holder: ChildProcess): Promise<void> {
  const stderr = collect(holder.stderr);
  let printed = "";
  await new Promise<void>((resolve, reject) => {
    const fail = (): void => reject(new LabError(`host ${name} could not be made: ${stderr().trim()}`));
    holder.once("error", (error) => reject(new LabError(`host ${name}: ${error.message}`)));
    holder.once("close", fail);
    holder.stdout?.on("data", (chunk: Buffer) => {
      printed += chunk.toString("utf8");
      if (!printed.includes("ready\n")) return;
      holder.off("close", fail);
      resolve();
    });
  });
}
