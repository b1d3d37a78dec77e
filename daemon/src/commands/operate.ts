// `systole standby`, `takeover`, `move`, `restart`, `cleanup`, `stop`, `node …` and `fence NODE`: each returns when it is done.
import type { GroupSet, NodeRequest } from "@systole/core/ports";
import { askDaemon } from "../control/control-client.js";
import type { Operation } from "../control/protocol.js";
import { controlSocketPath } from "../control/run-directory.js";
import { EXIT_CODES } from "../exit-codes.js";
import { showProgress } from "./operation-progress.js";
import { harmless, type Terminal } from "./terminal.js";

export interface OperateOptions {
  readonly runDir: string;
  /** Seconds. */
  readonly timeout: number;
  readonly json?: boolean;
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
  const beganMs = performance.now();
  const endProgress = showProgress(options.runDir, terminal.err);
  const answer = await askDaemon(
    controlSocketPath(options.runDir),
    { ...request, timeoutMs },
    { timeoutMs: timeoutMs + CLIENT_GRACE_MS, untilClosed: request.command === "stop" },
  ).finally(endProgress);
  const reason = answer.ok ? (answer.reason ?? "done") : answer.reason;
  if (options.json === true) {
    const tookMs = Math.round(performance.now() - beganMs);
    terminal.out.write(`${JSON.stringify({ ok: answer.ok, reason, tookMs })}\n`);
  } else if (answer.ok) terminal.out.write(`${harmless(reason)}\n`);
  if (answer.ok) return EXIT_CODES.ok;
  const command =
    request.command === "node" ? `node ${request.edit.kind}` : request.command.replace("-", " ");
  terminal.err.write(`systole ${command}: ${harmless(reason)}\n`);
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

/** Gives one group to a node, or to the next that can take it. */
export function move(
  group: string,
  to: string | undefined,
  options: OperateOptions,
  terminal: Terminal,
): Promise<number> {
  return operate({ command: "move", group, ...(to !== undefined && { to }) }, options, terminal);
}

/** Stops and starts a resource where it runs: on this node. */
export function restart(name: string, options: OperateOptions, terminal: Terminal): Promise<number> {
  return operate({ command: "restart", name }, options, terminal);
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
