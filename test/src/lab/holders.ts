// Who has the cluster's address, watched many times a second without a process a look: the kernel shows each host's
// local addresses under /proc/PID/net of any process in it.
import { readFileSync } from "node:fs";
import { monotonicMs } from "./wait.js";

export interface WatchedHost {
  readonly name: string;
  /** A process in the host. */
  readonly pid: number;
}

interface Change {
  readonly atMs: number;
  readonly holders: readonly string[];
}

const CHANGE_LIMIT = 10_000;

export class HolderLog {
  private changes: Change[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly listeners = new Set<(holders: readonly string[]) => void>();

  constructor(
    private readonly hosts: readonly WatchedHost[],
    private readonly address: string,
    private readonly everyMs = 5,
  ) {}

  start(): void {
    this.look();
    this.timer = setInterval(() => this.look(), this.everyMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Returns how to stop listening. */
  onChange(listener: (holders: readonly string[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Looks now. */
  now(): readonly string[] {
    this.look();
    return this.changes.at(-1)?.holders ?? [];
  }

  /** Since when the present holders have been the only ones. */
  unchangedSinceMs(): number {
    return this.changes.at(-1)?.atMs ?? monotonicMs();
  }

  /** How long in `fromMs..toMs` the number of holders satisfied `matches`, in ms; exact to the sampling interval. */
  timeWith(matches: (count: number) => boolean, fromMs: number, toMs: number): number {
    let totalMs = 0;
    for (const [index, change] of this.changes.entries()) {
      const untilMs = Math.min(this.changes[index + 1]?.atMs ?? toMs, toMs);
      const sinceMs = Math.max(change.atMs, fromMs);
      if (matches(change.holders.length) && untilMs > sinceMs) totalMs += untilMs - sinceMs;
    }
    return totalMs;
  }

  private look(): void {
    const found = this.hosts.filter((host) => holdsAddress(host.pid, this.address));
    // Hosts are looked at one after the other: who lets go while the next one is looked at has not had it beside that one.
    const both = found.length > 1 ? found.filter((host) => holdsAddress(host.pid, this.address)) : found;
    const holders = both.map((host) => host.name);
    const last = this.changes.at(-1);
    if (last !== undefined && last.holders.join() === holders.join()) return;
    this.changes.push({ atMs: monotonicMs(), holders });
    if (this.changes.length > CHANGE_LIMIT) this.changes = this.changes.slice(CHANGE_LIMIT / 2);
    for (const listener of this.listeners) listener(holders);
  }
}

/** True when the kernel of the host of `pid` takes `address` for its own. False when the process is gone. */
export function holdsAddress(pid: number, address: string): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/net/fib_trie`, "latin1").includes(`|-- ${address}\n`);
  } catch {
    return false;
  }
}
