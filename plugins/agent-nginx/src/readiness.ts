// Waits until a launched nginx serves: its master lives, and each of its sockets accepts.
import type { Clock } from "@systole/sdk";
import { pause } from "./ending.js";
import { inWords, type Listen } from "./listen.js";
import { isOnThisNode } from "./own-addresses.js";
import { isAlive, socketInodesOf, type NginxProcess } from "./processes-of.js";
import { accepts, openSockets, serves } from "./sockets.js";
import { masterByPidFile, type Site } from "./survey.js";

/** nginx serves some 5 ms after its launch: look often. */
const POLL_MS = 2;
/** The launcher exits before the master has written its pid file. */
const MASTER_WITHIN_MS = 2000;
const ACCEPTS_WITHIN_MS = 10_000;
/** All sockets are looked up with the kernel; no more than these are also connected to. */
const MAX_CONNECTIONS = 16;

export type Readiness = "ready" | "aborted" | { readonly reason: string };

export async function becomesReady(site: Site, clock: Clock, signal: AbortSignal): Promise<Readiness> {
  const startedAt = clock.nowMs();
  let master: NginxProcess | undefined;
  let missing: readonly Listen[] = site.configuration.listens;
  while (!signal.aborted) {
    const elapsedMs = clock.nowMs() - startedAt;
    master ??= await masterByPidFile(site);
    if (master !== undefined && !isAlive(master)) return { reason: "nginx went away right after its start" };
    if (master !== undefined) {
      missing = await unserved(master, site);
      if (missing.length === 0) return "ready";
    } else if (elapsedMs > MASTER_WITHIN_MS) {
      return { reason: `no nginx came to live under ${site.configuration.pidFile}` };
    }
    if (elapsedMs > ACCEPTS_WITHIN_MS)
      return { reason: `nginx does not accept on ${missing.map(inWords).join(", ")}` };
    await pause(POLL_MS, clock, signal);
  }
  return "aborted";
}

/** The sockets that the master does not have open or that do not accept; only the first of the latter. */
async function unserved(master: NginxProcess, { configuration }: Site): Promise<readonly Listen[]> {
  const sockets = await openSockets(configuration.listens.some(({ kind }) => kind === "unix"));
  const inodes = socketInodesOf(master.pid);
  const open = sockets.filter(({ inode }) => inodes?.has(inode) ?? true);
  const absent = configuration.listens.filter((listen) => !open.some((socket) => serves(socket, listen)));
  if (absent.length > 0) return absent;
  // An address that is not here yet leads to the node that has it.
  for (const listen of configuration.listens.filter(isOnThisNode).slice(0, MAX_CONNECTIONS)) {
    const acceptance = await accepts(listen);
    if (acceptance === "no" || acceptance === "refused") return [listen];
  }
  return [];
}
