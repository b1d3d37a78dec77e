// What is said to operators about an nginx that cannot do its work, and the answers it is said in.
import { programNotStarted, type OperationResult, type ProcessResult } from "@systole/sdk";
import { holderOf } from "./processes-of.js";
import type { OpenSocket } from "./sockets.js";

const LAST_LINES = 4;
const MAX_REASON_CHARACTERS = 1000;

export const timeout = (reason: string): OperationResult => ({ ok: false, kind: "timeout", reason });
export const notHere = (reason: string): OperationResult => ({ ok: false, kind: "not-here", reason });
export const failed = (reason: string): OperationResult => ({ ok: false, kind: "error", reason });

export async function inThePlace(stranger: OpenSocket): Promise<string> {
  const where = stranger.kind === "unix" ? stranger.path : `${stranger.address} port ${stranger.port}`;
  const holder = await holderOf(stranger.inode);
  const who =
    holder === undefined ? "a process that we may not see" : `${holder.command} (pid ${holder.pid})`;
  return `${where} is held by ${who}: stop it, and keep it from being started at boot`;
}

/** nginx's own words, without its name before each line. */
export function wordsOf({ stdout, stderr, exitCode, signal }: ProcessResult): string {
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.replace(/^nginx: /, "").trim());
  const last = lines.filter((line) => line !== "").slice(-LAST_LINES);
  if (last.length === 0) return `nginx ended with ${exitCode ?? signal} and said nothing`;
  return last.join(" | ").slice(-MAX_REASON_CHARACTERS);
}

/** What goes wrong outside is an answer, not an exception. */
export async function answered(operation: () => Promise<OperationResult>): Promise<OperationResult> {
  try {
    return await operation();
  } catch (cause) {
    return programNotStarted(cause);
  }
}
