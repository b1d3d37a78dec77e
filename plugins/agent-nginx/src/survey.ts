// What is there of one nginx on this node: its master, workers that outlived one, and strangers in its place.
import { readFile } from "node:fs/promises";
import type { ResourceState } from "@systole/sdk";
import type { NginxConfiguration } from "./configuration.js";
import type { NginxBuild } from "./find-nginx.js";
import {
  descendantsOf,
  everyNginx,
  nginxProcess,
  runsBinary,
  runsConfiguration,
  socketInodesOf,
  type NginxProcess,
} from "./processes-of.js";
import { blocks, openSockets, serves, type OpenSocket } from "./sockets.js";

/** A binary and a configuration: together they say which processes and sockets are meant. */
export interface Site {
  readonly build: NginxBuild;
  readonly configuration: NginxConfiguration;
}

export interface Survey {
  readonly masters: readonly NginxProcess[];
  /** Workers without a living master that hold our sockets. */
  readonly orphans: readonly NginxProcess[];
  /** Sockets of others where ours should be. */
  readonly foreign: readonly OpenSocket[];
  /** Open in a master; where we may not look into it, all that may be its own. */
  readonly own: readonly OpenSocket[];
  readonly state: ResourceState;
  /** Why it failed. */
  readonly why: string;
}

/** Looks at the node. Changes nothing and connects to nothing. */
export async function survey(site: Site): Promise<Survey> {
  const { configuration } = site;
  const named = await masterByPidFile(site);
  const masters = named === undefined ? await mastersByTitle(site) : [named];
  const sockets = await openSockets(configuration.listens.some(({ kind }) => kind === "unix"));
  const own = masters.flatMap((master) => heldBy(master, configuration, sockets));
  const held = new Set(masters.flatMap(({ pid }) => [...(socketInodesOf(pid) ?? [])]));
  const unclaimed = sockets.filter(({ inode }) => !held.has(inode));
  const orphans = await orphansHolding(unclaimed, site);
  for (const { pid } of orphans) socketInodesOf(pid)?.forEach((inode) => held.add(inode));
  const foreign = unclaimed.filter(
    (socket) => !held.has(socket.inode) && configuration.listens.some((listen) => blocks(socket, listen)),
  );
  return { masters, orphans, foreign, own, ...(await judge(configuration, masters, orphans, own)) };
}

/** The master that the pid file names, unless the number has gone to somebody else since. */
export async function masterByPidFile({ build, configuration }: Site): Promise<NginxProcess | undefined> {
  const text = await readFile(configuration.pidFile, "utf8").catch(() => "");
  const pid = /^\s*(\d{1,10})\s*$/.exec(text)?.[1];
  const process = pid === undefined ? undefined : nginxProcess(Number(pid));
  if (process === undefined || !runsConfiguration(process, configuration.file, build)) return undefined;
  return process;
}

function heldBy(
  master: NginxProcess,
  { listens }: NginxConfiguration,
  sockets: readonly OpenSocket[],
): readonly OpenSocket[] {
  const inodes = socketInodesOf(master.pid);
  return sockets.filter((socket) =>
    inodes === undefined ? listens.some((listen) => serves(socket, listen)) : inodes.has(socket.inode),
  );
}

async function mastersByTitle({ build, configuration }: Site): Promise<readonly NginxProcess[]> {
  return (await everyNginx()).filter((process) => runsConfiguration(process, configuration.file, build));
}

async function orphansHolding(
  sockets: readonly OpenSocket[],
  { build, configuration }: Site,
): Promise<readonly NginxProcess[]> {
  const ours = sockets.filter((socket) => configuration.listens.some((listen) => serves(socket, listen)));
  if (ours.length === 0) return [];
  return (await everyNginx()).filter(({ pid, role, parent }) => {
    if (role !== "child" || nginxProcess(parent)?.role === "master" || !runsBinary(pid, build)) return false;
    const inodes = socketInodesOf(pid);
    return ours.some(({ inode }) => inodes?.has(inode) === true);
  });
}

/**
 * Which of its sockets the master has open is not asked: an administrator may edit the file long before the reload, and
 * that must not look like a failure. nginx closes all of them or none.
 */
async function judge(
  { listens }: NginxConfiguration,
  masters: readonly NginxProcess[],
  orphans: readonly NginxProcess[],
  own: readonly OpenSocket[],
): Promise<Pick<Survey, "state" | "why">> {
  if (masters.length > 0) {
    if (listens.length > 0 && own.length === 0) {
      return { state: "failed", why: `master ${pidsOf(masters)} lives and listens on nothing` };
    }
    const frozen = (await Promise.all(masters.map(frozenOf))).flat();
    if (frozen.length === 0) return { state: "running", why: "" };
    return { state: "failed", why: `nginx processes ${pidsOf(frozen)} are stopped by a signal (SIGSTOP)` };
  }
  if (orphans.length === 0) return { state: "stopped", why: "" };
  return { state: "failed", why: `the master is dead, and its workers ${pidsOf(orphans)} hold its sockets` };
}

/** Processes that do not react; none as long as the master and one worker do. */
async function frozenOf(master: NginxProcess): Promise<readonly NginxProcess[]> {
  const workers = (await descendantsOf(master)).filter(({ title }) => title.startsWith("nginx: worker"));
  if (!master.frozen && (workers.length === 0 || workers.some(({ frozen }) => !frozen))) return [];
  return [master, ...workers].filter(({ frozen }) => frozen);
}

export function pidsOf(processes: readonly { readonly pid: number }[]): string {
  return processes.map(({ pid }) => pid).join(", ");
}
