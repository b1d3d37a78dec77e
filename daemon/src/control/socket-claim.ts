// Takes the name of the control socket: never from a daemon that lives, always from one that died.
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, linkSync, lstatSync, renameSync, unlinkSync } from "node:fs";
import type { Server } from "node:net";
import { dirname, join } from "node:path";
import { SystoleError } from "@systole/core/ports";
import { EXIT_CODES } from "../exit-codes.js";
import { probeSocket } from "./control-client.js";

const OWNER_ONLY = 0o600;
const OWNER_AND_GROUP = 0o660;
const ATTEMPTS = 5;
/** What fits into a unix socket's address (108 bytes with a terminator). */
const MAX_PATH_BYTES = 100;

/** Undoes the claim; harmless when somebody else has the name by then. */
export type Release = () => void;

function refuse(message: string, details: Record<string, unknown> = {}): SystoleError {
  return new SystoleError("CONTROL_REFUSED", message, { details });
}

/** Not the pid: containers that share a directory may share that as well. */
function randomName(): string {
  return randomBytes(3).toString("hex");
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

/** Links `path` to the socket; false when the name is taken. */
function publish(from: string, path: string): boolean {
  try {
    linkSync(from, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Takes a dead socket away, and puts it back when it turns out to be one that was just made. */
async function removeDead(path: string, aside: string): Promise<void> {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  if ((await probeSocket(aside)).kind === "alive") publish(aside, path);
  removeQuietly(aside);
}

async function refuseWhenTaken(path: string): Promise<void> {
  const found = await probeSocket(path);
  if (found.kind === "alive") {
    const who = found.pid === undefined ? "" : `, pid ${found.pid}`;
    throw refuse(`already running${who}: a daemon answers at ${path}`, {
      pid: found.pid,
      exitCode: EXIT_CODES.alreadyRunning,
    });
  }
  if (found.kind === "absent") return;
  if (!lstatSync(path).isSocket()) throw refuse(`${path} is in the way and is not a socket; delete it`);
  await removeDead(path, join(dirname(path), `.old-${randomName()}`));
}

function listenAt(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/**
 * Makes `server` listen at `path`, with mode 0600, or 0660 for the group `readers`. Two daemons that start at once cannot both succeed: the socket is
 * made under another name and linked to its own. Throws `CONTROL_REFUSED` when a daemon lives there.
 */
export async function claimSocket(server: Server, path: string, readers?: number): Promise<Release> {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw refuse(`${path} is too long for a socket; name a shorter --run-dir`);
  }
  await refuseWhenTaken(path);
  const temporary = join(dirname(path), `.new-${randomName()}`);
  await listenAt(server, temporary);
  try {
    if (readers !== undefined) chownSync(temporary, process.geteuid?.() ?? 0, readers);
    chmodSync(temporary, readers === undefined ? OWNER_ONLY : OWNER_AND_GROUP);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (publish(temporary, path)) {
        const { ino } = lstatSync(path);
        return () => {
          if (lstatSync(path, { throwIfNoEntry: false })?.ino === ino) removeQuietly(path);
        };
      }
      await refuseWhenTaken(path);
    }
    throw refuse(`${path} is taken again and again by another daemon; is one starting?`);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    removeQuietly(temporary);
  }
}
