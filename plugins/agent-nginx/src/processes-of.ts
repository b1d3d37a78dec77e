// Which processes are nginx, of which configuration, and who holds a socket: read from /proc, for this host only.
// Several nginx may share a kernel in network namespaces of their own, with the same paths; those are never ours.
import { readFileSync, readlinkSync, readdirSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { NginxBuild } from "./find-nginx.js";

/** A process, told apart from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startedAt: string;
}

export interface NginxProcess extends ProcessIdentity {
  readonly role: "master" | "child";
  readonly parent: number;
  /** The command line that nginx gave itself, e.g. `nginx: worker process`. */
  readonly title: string;
  /** Stopped by a signal (SIGSTOP): it holds its sockets and does nothing. */
  readonly frozen: boolean;
}

/** Small files of /proc are read at once: each takes microseconds, and a thread of the pool would take more. */
const BATCH = 64;
const MASTER_TITLE = "nginx: master process";

/** True while the process lives; a zombie does not. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  const now = statOf(pid);
  return now !== undefined && now.startedAt === startedAt && now.state !== "Z" && now.state !== "X";
}

/** The process, if it is a living nginx in our namespaces. */
export function nginxProcess(pid: number): NginxProcess | undefined {
  const title = textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
  if (!title.startsWith("nginx: ") || !sharesNamespaces(pid)) return undefined;
  const stat = statOf(pid);
  if (stat === undefined || stat.state === "Z") return undefined;
  const role = title.startsWith(MASTER_TITLE) ? "master" : "child";
  const frozen = stat.state === "T";
  return { pid, startedAt: stat.startedAt, role, parent: stat.parent, title, frozen };
}

/** All nginx processes of this host's namespaces. */
export async function everyNginx(): Promise<readonly NginxProcess[]> {
  const found: NginxProcess[] = [];
  await forEachPid((pid) => {
    const process = nginxProcess(pid);
    if (process !== undefined) found.push(process);
  });
  return found;
}

/** True when the master was started with this configuration file, by name or by default. */
export function runsConfiguration(master: NginxProcess, file: string, build: NginxBuild): boolean {
  if (master.role !== "master") return false;
  const line = master.title.slice(MASTER_TITLE.length);
  const option = (letter: string): string | undefined => new RegExp(` -${letter} ?(\\S+)`).exec(line)?.[1];
  const named = option("c");
  if (named === undefined) return samePath(file, build.configFile) && runsBinary(master.pid, build);
  // A path with spaces cannot be cut out of the title, yet it can be found there.
  const prefix = option("p") ?? build.prefix;
  return samePath(resolve(prefix, named), file) || `${line} `.includes(` -c ${file} `);
}

/** True when the process runs the binary of `build`, or when we may not know. */
export function runsBinary(pid: number, build: NginxBuild): boolean {
  try {
    const binary = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, "");
    return samePath(binary, build.binary);
  } catch {
    return true;
  }
}

/** Children of the process and, of a new master among them, theirs. A process that is gone has none. */
export async function descendantsOf(ancestor: NginxProcess): Promise<readonly NginxProcess[]> {
  const children = await childrenOf(ancestor.pid);
  const deeper = await Promise.all(children.filter(({ role }) => role === "master").map(descendantsOf));
  return [...children, ...deeper.flat()];
}

async function childrenOf(parent: number): Promise<readonly NginxProcess[]> {
  try {
    const pids = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim();
    return pids === "" ? [] : pids.split(" ").flatMap((pid) => nginxProcess(Number(pid)) ?? []);
  } catch {
    // Gone, or a kernel without that file.
    return (await everyNginx()).filter((process) => process.parent === parent);
  }
}

/** Inodes of the sockets that the process has open; undefined when we may not look. */
export function socketInodesOf(pid: number): ReadonlySet<string> | undefined {
  try {
    const inodes = new Set<string>();
    for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
    return inodes;
  } catch {
    return undefined;
  }
}

/** Any process that has the socket open, for the sentence that names it. */
export async function holderOf(inode: string): Promise<{ pid: number; command: string } | undefined> {
  let holder: { pid: number; command: string } | undefined;
  await forEachPid((pid) => {
    if (holder !== undefined || socketInodesOf(pid)?.has(inode) !== true) return;
    const line = textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
    holder = { pid, command: (line || textOf(`/proc/${pid}/comm`).trim()).slice(0, 200) };
  });
  return holder;
}

async function forEachPid(visit: (pid: number) => void): Promise<void> {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  for (const [index, pid] of pids.entries()) {
    if (index % BATCH === BATCH - 1) await nextTurn();
    visit(Number(pid));
  }
}

function sharesNamespaces(pid: number): boolean {
  return ["net", "pid"].every((kind) => {
    const theirs = linkOf(`/proc/${pid}/ns/${kind}`);
    return theirs !== "" && theirs === linkOf(`/proc/self/ns/${kind}`);
  });
}

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly startedAt: string;
}

function statOf(pid: number): Stat | undefined {
  const line = textOf(`/proc/${pid}/stat`);
  // After the name, which may hold anything: state, parent, ..., start time as the 22nd field of the whole.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state = "", parent = ""] = fields;
  const startedAt = fields[19];
  return startedAt === undefined ? undefined : { state, parent: Number(parent), startedAt };
}

function samePath(one: string, other: string): boolean {
  return one === other || real(one) === real(other);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
