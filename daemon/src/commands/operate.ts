// `systole standby`, `takeover`, `cleanup`, `stop`, `node …` and `fence NODE`: each returns when it is done.
import type { GroupSet, NodeRequest } from "@systole/core/ports";
import { askDaemon } from "../control/control-client.js";
import type { Operation } from "../control/protocol.js";
import { controlSocketPath } from "../control/run-directory.js";
import { EXIT_CODES } from "../exit-codes.js";
import { harmless, type Terminal } from "./terminal.js";

export interface OperateOptions {
  readonly runDir: string;
  /** Seconds. */
  readonly timeout: number;
}

/** The daemon answers in time with a reason; only when it does not, the client gives up by itself. */
const CLIENT_GRACE_MS = 2000;

/** Asks for what an operator wants and says what came of it. */
export async function operate(
  request: Operation,
  options: OperateOptions,
  terminal: Terminal,
): Promise<number> {
  const timeoutMs = Math.round(options.timeout * 1000);
  const answer = await askDaemon(
    controlSocketPath(options.runDir),
    { ...request, timeoutMs },
    { timeoutMs: timeoutMs + CLIENT_GRACE_MS, untilClosed: request.command === "stop" },
  );
  if (answer.ok) {
    terminal.out.write(`${harmless(answer.reason ?? "done")}\n`);
    return EXIT_CODES.ok;
  }
  const command =
    request.command === "node" ? `node ${request.edit.kind}` : request.command.replace("-", " ");
  terminal.err.write(`systole ${command}: ${harmless(answer.reason)}\n`);
  return answer.code === "timeout" ? EXIT_CODES.timeout : EXIT_CODES.error;
}

/** Gives groups to the other node. */
export function standby(set: GroupSet, options: OperateOptions, terminal: Terminal): Promise<number> {
  return operate({ command: "standby", set }, options, terminal);
}

/** Takes groups from the other node. */
export function takeover(set: GroupSet, options: OperateOptions, terminal: Terminal): Promise<number> {
  return operate({ command: "takeover", set }, options, terminal);
}

/** Changes which nodes there are, or what is said of one, on all of them. */
export function editNodes(edit: NodeRequest, options: OperateOptions, terminal: Terminal): Promise<number> {
  return operate({ command: "node", edit }, options, terminal);
}

/** Forgets failures, of one group or resource or of all, on every node; what stayed down because of them starts. */
export function cleanup(
  name: string | undefined,
  options: OperateOptions,
  terminal: Terminal,
): Promise<number> {
  return operate({ command: "cleanup", ...(name !== undefined && { name }) }, options, terminal);
}

/** Reads the keys that seal and their mode again. */
export function reloadKeys(options: OperateOptions, terminal: Terminal): Promise<number> {
  return operate({ command: "keys-reload" }, options, terminal);
}

/** Ends the daemon after it gave everything up; returns when it has closed its socket. */
export function stop(options: OperateOptions, terminal: Terminal): Promise<number> {
  return operate({ command: "stop" }, options, terminal);
}
