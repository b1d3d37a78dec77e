// What is looked at after every class, whatever the class was: agreement, logs, files, processes, and whether users are served.
import { readdirSync } from "node:fs";
import { monotonicMs, pause } from "../wait.js";
import type { Cluster } from "./cluster.js";
import { disagreements } from "./rest.js";
import { NAMES, type Name } from "./three-nodes.js";

const LOG = "/var/log/daemon.log";
const LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z (debug|info|warn|error) \S/;
/** Events that are an error somewhere, and that what was done explains. */
export type Allowed = readonly RegExp[];
/** So long is the page asked for. */
const ASKED_MS = 300;
const ASKED_TIMES = 5;
/** What a host may have running: its pid 1, the daemon with its guard, nginx, and the test's own looks. */
const KNOWN_PROGRAMS = /^(bash|node|MainThread|systole.*|nginx)$/;
const KNOWN_FILES = [
  /^run\/(lock|mount|heartbeat|nginx\.pid(\.systole)?|marks|systole)$/,
  /^run\/heartbeat\/register$/,
  /^run\/marks\/\w+$/,
  /^run\/systole\/[\w.-]+$/,
  /^var\/lib\/systole\/[\w.-]+$/,
  /^var\/lib\/systole\/journal\/journal(\.\d)?\.jsonl$/,
];

export class Audits {
  private readonly read = new Map<Name, number>();

  constructor(private readonly cluster: Cluster) {}

  /** Sentences on what is wrong; none when everything is well. */
  async after(sinceMs: number, allowed: Allowed): Promise<readonly string[]> {
    const passing = this.pids();
    const askedSinceMs = monotonicMs();
    await pause(ASKED_MS);
    return [
      ...(await disagreements(this.cluster)),
      ...this.heldTwice(sinceMs),
      ...NAMES.flatMap((name) => this.badNews(name, allowed)),
      ...NAMES.flatMap((name) => this.strangers(name, passing)),
      ...NAMES.flatMap((name) => this.litter(name)),
      ...(await this.unanswered(askedSinceMs)),
    ];
  }

  /** Whatever was done, no address was ever on two nodes. */
  private heldTwice(sinceMs: number): readonly string[] {
    return this.cluster.holders
      .map((holders) => Math.round(holders.timeWith((count) => count > 1, sinceMs, monotonicMs())))
      .flatMap((forMs, index) =>
        forMs === 0 ? [] : [`address ${String(index)} was on two nodes for ${String(forMs)} ms`],
      );
  }

  /** Error lines that nothing explains, and lines that are none of the log's: a stack, a warning of Node.js. */
  private badNews(name: Name, allowed: Allowed): readonly string[] {
    const lines = this.cluster.node(name).read(LOG).split("\n").slice(0, -1);
    const fresh = lines.slice(this.read.get(name) ?? 0);
    this.read.set(name, lines.length);
    return fresh
      .filter((line) => !LINE.test(line) || LINE.exec(line)?.[1] === "error")
      .filter((line) => !allowed.some((one) => one.test(line)))
      .map((line) => `bad news of ${name}: ${line}`);
  }

  private pids(): ReadonlySet<number> {
    return new Set(
      NAMES.flatMap((name) =>
        this.cluster
          .node(name)
          .host.processes()
          .map(({ pid }) => pid),
      ),
    );
  }

  /** `before`: who was there a moment ago. An agent at work comes and goes. */
  private strangers(name: Name, before: ReadonlySet<number>): readonly string[] {
    const { host } = this.cluster.node(name);
    const daemons = this.cluster.node(name).daemonProcesses();
    const found = host
      .processes()
      .filter(({ pid, state }) => pid !== host.pid && before.has(pid) && state !== "Z")
      .filter(({ pid }) => daemons.every((one) => one.pid !== pid));
    return found
      .filter(
        ({ program, commandLine }) => !KNOWN_PROGRAMS.test(program) || /\brun --node\b/.test(commandLine),
      )
      .map(({ program, commandLine }) => `${name} has a process of nobody's: ${program} (${commandLine})`);
  }

  private litter(name: Name): readonly string[] {
    const node = this.cluster.node(name);
    const root = node.outside("/");
    const files = ["run", "var/lib/systole"].flatMap((directory) =>
      readdirSync(`${root}${directory}`, { recursive: true, encoding: "utf8" }).map(
        (one) => `${directory}/${one}`,
      ),
    );
    return files
      .filter((path) => !KNOWN_FILES.some((one) => one.test(path)) || /core|\.tmp/.test(path))
      .map((path) => `${name} has a file of nobody's: ${path}`);
  }

  private async unanswered(sinceMs: number): Promise<readonly string[]> {
    const lately = () => this.cluster.answers.since(sinceMs).filter(({ sentMs }) => sentMs >= sinceMs);
    await this.cluster.until("users to ask", () => lately().length >= ASKED_TIMES);
    const failed = lately().filter(({ answeredBy }) => answeredBy === undefined);
    if (failed.length === 0) return [];
    return [`users: ${String(failed.length)} of ${String(lately().length)} attempts failed`];
  }
}
