// What is there of one nginx on this node: its master, workers that outlived one, and strangers in its place.
import { readFile } from "node:fs/promises";
import type { ResourceState } from "@systole/sdk";
import type { NginxConfiguration } from "./configuration.js";
import type { NginxBuild } from "./find-nginx.js";
import {
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
  /** All that listens on this node. */
  readonly sockets: readonly OpenSocket[];
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
  const held = new Set(masters.flatMap(({ pid }) => [...(socketInodesOf(pid) ?? [])]));
  const unclaimed = sockets.filter(({ inode }) => !held.has(inode));
  const orphans = await orphansHolding(unclaimed, site);
  for (const { pid } of orphans) socketInodesOf(pid)?.forEach((inode) => held.add(inode));
  const foreign = unclaimed.filter(
    (socket) => !held.has(socket.inode) && configuration.listens.some((listen) => blocks(socket, listen)),
  );
  return { masters, orphans, foreign, sockets, ...judge(configuration, masters, orphans, sockets) };
}

/** The master that the pid file names, unless the number has gone to somebody else since. */
export async function masterByPidFile({ build, configuration }: Site): Promise<NginxProcess | undefined> {
  const text = await readFile(configuration.pidFile, "utf8").catch(() => "");
  const pid = /^\s*(\d{1,10})\s*$/.exec(text)?.[1];
  const process = pid === undefined ? undefined : nginxProcess(Number(pid));
  if (process === undefined || !runsConfiguration(process, configuration.file, build)) return undefined;
  return process;
}

/** True when the master has a listening socket open, or when we may not look and somebody serves in its place. */
export function listens(
  master: NginxProcess,
  configuration: NginxConfiguration,
  sockets: readonly OpenSocket[],
): boolean {
  const inodes = socketInodesOf(master.pid);
  return sockets.some((socket) =>
    inodes === undefined
      ? configuration.listens.some((listen) => serves(socket, listen))
      : inodes.has(socket.inode),
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
function judge(
  configuration: NginxConfiguration,
  masters: readonly NginxProcess[],
  orphans: readonly NginxProcess[],
  sockets: readonly OpenSocket[],
): Pick<Survey, "state" | "why"> {
  if (masters.length > 0) {
    const silent =
      configuration.listens.length > 0 && !masters.some((one) => listens(one, configuration, sockets));
    if (!silent) return { state: "running", why: "" };
    return { state: "failed", why: `master ${pidsOf(masters)} lives and listens on nothing` };
  }
  if (orphans.length === 0) return { state: "stopped", why: "" };
  return { state: "failed", why: `the master is dead, and its workers ${pidsOf(orphans)} hold its sockets` };
}

export function pidsOf(processes: readonly { readonly pid: number }[]): string {
  return processes.map(({ pid }) => pid).join(", ");
}
