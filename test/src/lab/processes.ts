// Reads /proc to find the processes of a lab host: by pid namespace, so that none is missed and none of the machine's is hit.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface HostProcess {
  /** As seen from outside the host: usable with process.kill here. */
  readonly pid: number;
  readonly parentPid: number;
  /** Kernel's state letter: R, S, D, Z, T ... */
  readonly state: string;
  /** Program name, at most 15 characters. */
  readonly program: string;
  readonly commandLine: string;
}

/** Every live process in the pid namespace of `insidePid`; empty when that process is gone. */
export function processesOfNamespace(insidePid: number): HostProcess[] {
  const namespace = pidNamespace(insidePid);
  if (namespace === undefined) return [];
  return processesWhere((pid) => pidNamespace(pid) === namespace);
}

/** Every process of which `parentPid` is the parent. */
export function childrenOf(parentPid: number): HostProcess[] {
  return processesWhere(() => true).filter((found) => found.parentPid === parentPid);
}

/** The identity of a pid namespace, to look for survivors after the host is gone. */
export function pidNamespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${String(pid)}/ns/pid`);
  } catch {
    return undefined;
  }
}

/** The same of a namespace that was opened. */
export function pidNamespaceOf(fd: number): string {
  return readlinkSync(`/proc/self/fd/${String(fd)}`);
}

/** Every process in the pid namespace named `namespace`. */
export function processesIn(namespace: string): HostProcess[] {
  return processesWhere((pid) => pidNamespace(pid) === namespace);
}

function processesWhere(accept: (pid: number) => boolean): HostProcess[] {
  const found: HostProcess[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || !accept(pid)) continue;
    const one = readProcess(pid);
    if (one !== undefined) found.push(one);
  }
  return found;
}

function readProcess(pid: number): HostProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    const nameEnd = stat.lastIndexOf(")");
    const [state = "?", parent = "0"] = stat.slice(nameEnd + 2).split(" ");
    return {
      pid,
      parentPid: Number(parent),
      state,
      program: stat.slice(stat.indexOf("(") + 1, nameEnd),
      commandLine: readFileSync(`/proc/${String(pid)}/cmdline`, "utf8")
        .replaceAll("\0", " ")
        .trim(),
    };
  } catch {
    return undefined; // It ended while we were reading.
  }
}
