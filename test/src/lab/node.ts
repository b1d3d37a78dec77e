// A cluster node of the lab: a host, its files, and the daemon under test with everything one can do to it.
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import type { ChildProcess } from "node:child_process";
import { sendSignal, type Host } from "./host.js";
import type { NodeName } from "./cluster-files.js";
import { PROGRAMS, type ClusterProgram, type Implementation } from "./programs.js";
import type { HostProcess } from "./processes.js";
import type { HostView, ViewFile } from "./view.js";
import { LabError, waitFor } from "./wait.js";

const DAEMON_LOG = "/var/log/daemon.log";

export class LabNode<Name extends string = NodeName> {
  /** What every later `start` gives the daemon besides the lab's environment. */
  environment: Readonly<Record<string, string>> = {};
  private daemon: ChildProcess | undefined;

  constructor(
    readonly name: Name,
    readonly host: Host,
    private readonly view: HostView,
    private program: ClusterProgram,
  ) {}

  get implementation(): Implementation {
    return this.program.name;
  }

  /** What the next `start` runs, on the same files. The lab must have been opened with this implementation in it. */
  become(implementation: Implementation): void {
    if (this.daemonProcesses().length > 0) throw new LabError(`${this.name}: the daemon still runs`);
    this.program = PROGRAMS[implementation];
    this.daemon = undefined;
  }

  /** Launches the daemon and returns at once; whether it does its work is seen by who answers. */
  async start(): Promise<void> {
    if (this.daemonProcesses().length > 0) throw new LabError(`${this.name}: the daemon already runs`);
    const log = openSync(this.view.outside(DAEMON_LOG), "a");
    try {
      const child = this.host.spawn(this.program.command(this.name), ["ignore", log, log], this.environment);
      await once(child, "spawn");
      this.daemon = child;
    } finally {
      closeSync(log);
    }
  }

  /** As the init script does: SIGTERM, then wait for the end. Returns the exit status; throws LabError when it does not end. */
  async stop(timeoutMs = 30_000): Promise<number | null> {
    const child = this.daemon;
    const main = this.daemonProcesses().find((one) => this.program.isMain(one));
    if (child === undefined || main === undefined) throw new LabError(`${this.name}: no daemon runs`);
    sendSignal(main.pid, "SIGTERM");
    await this.ended(child, "the daemon to end after SIGTERM", timeoutMs);
    return child.exitCode;
  }

  /** As the init script's reload does. */
  reload(): void {
    const main = this.daemonProcesses().find((one) => this.program.isMain(one));
    if (main === undefined) throw new LabError(`${this.name}: no daemon runs`);
    sendSignal(main.pid, "SIGHUP");
  }

  /** kill -9 of every process of the daemon, none of what it manages. */
  async killHard(): Promise<void> {
    const { daemon } = this;
    // Again and again: one that is killed a moment later may have started another meanwhile.
    const isOver = (): boolean => {
      for (const one of this.daemonProcesses()) sendSignal(one.pid, "SIGKILL");
      return (daemon === undefined || hasEnded(daemon)) && this.daemonProcesses().length === 0;
    };
    await waitFor("the killed daemon to end", isOver, { timeoutMs: 5000, describe: () => this.logTail() });
    this.daemon = undefined;
  }

  /** Ends every process of the host but its pid 1, which holds the namespaces, and removes what a machine without power has not. */
  async losePower(address: string): Promise<void> {
    for (const { pid } of this.host.processes()) if (pid !== this.host.pid) sendSignal(pid, "SIGKILL");
    // Stopped with what it started, see `thaw`: it has to notice that this has ended.
    if (this.daemon?.pid !== undefined) sendSignal(this.daemon.pid, "SIGCONT");
    this.daemon = undefined;
    await this.host.run(["ip", "address", "del", `${address}/24`, "dev", "eth0"]);
  }

  freeze(): void {
    for (const one of this.daemonProcesses()) sendSignal(one.pid, "SIGSTOP");
  }

  thaw(): void {
    for (const one of this.daemonProcesses()) sendSignal(one.pid, "SIGCONT");
    // nsenter stops itself along with the program it started.
    if (this.daemon?.pid !== undefined) sendSignal(this.daemon.pid, "SIGCONT");
  }

  daemonProcesses(): HostProcess[] {
    return this.host.processes().filter((one) => one.state !== "Z" && this.program.isDaemon(one));
  }

  /** True when a launched daemon ended without having been told to. */
  hasFailed(): boolean {
    // heartbeat goes on as another process after it restarts itself: only when none is left it has ended.
    return this.daemon !== undefined && hasEnded(this.daemon) && this.daemonProcesses().length === 0;
  }

  /** Replaces files of the node. */
  write(files: readonly ViewFile[]): void {
    this.view.write(files);
  }

  /** Text of one of the node's own files; empty when there is none. */
  read(path: string): string {
    const outside = this.view.outside(path);
    return existsSync(outside) ? readFileSync(outside, "utf8") : "";
  }

  has(path: string): boolean {
    return existsSync(this.view.outside(path));
  }

  /** Where the node's `path` is for us. Only for paths in the node's own directories. */
  outside(path: string): string {
    return this.view.outside(path);
  }

  remove(path: string): void {
    rmSync(this.view.outside(path), { recursive: true, force: true });
  }

  /** Last lines of the daemon's log, for a person who asks why. */
  logTail(lines = 20): string {
    const found = this.program.logs.map((path) => this.read(path)).find((text) => text.length > 0) ?? "";
    return found.trimEnd().split("\n").slice(-lines).join("\n");
  }

  private async ended(child: ChildProcess, what: string, timeoutMs: number): Promise<void> {
    await waitFor(what, () => hasEnded(child) && this.daemonProcesses().length === 0, {
      timeoutMs,
      describe: () => `${this.name}'s log ends with:\n${this.logTail()}`,
    });
    this.daemon = undefined;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
