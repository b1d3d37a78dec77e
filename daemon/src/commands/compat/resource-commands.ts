// `hb_standby` and `hb_takeover` as scripts call them. Unlike heartbeat's, which drop a message and leave, they return
// when it is done, and fail when it is not.
import type { GroupSet } from "@systole/core/ports";
import { askDaemon } from "../../control/control-client.js";
import { controlSocketPath, DEFAULT_RUN_DIRECTORY } from "../../control/run-directory.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { harmless, type Terminal } from "../terminal.js";

export interface OldCommandOptions {
  readonly runDir?: string;
}

const TIMEOUT_MS = 150_000;
const CLIENT_GRACE_MS = 2000;
/** `failback` is what one node calls the other's groups. */
const SETS: Readonly<Record<string, GroupSet>> = {
  all: "all",
  foreign: "foreign",
  local: "local",
  failback: "foreign",
};

function usage(name: string, terminal: Terminal): number {
  terminal.out.write("usage:\n");
  terminal.err.write(`${name} [all|foreign|local|failback]\n`);
  return EXIT_CODES.error;
}

/** Returns the exit code: 0 done, 1 not done or wrongly called. */
export async function moveGroups(
  name: "hb_standby" | "hb_takeover",
  args: readonly string[],
  terminal: Terminal,
  { runDir = DEFAULT_RUN_DIRECTORY }: OldCommandOptions = {},
): Promise<number> {
  if (args.length >= 2) {
    terminal.out.write(`${name}: too many arguments\n`);
    return usage(name, terminal);
  }
  const [named = "all"] = args;
  if (named === "--help") return usage(name, terminal);
  const set = Object.hasOwn(SETS, named) ? SETS[named] : undefined;
  if (set === undefined) {
    terminal.out.write(`${name}: wrong resources(${harmless(named)}).\n`);
    return usage(name, terminal);
  }
  const command = name === "hb_standby" ? "standby" : "takeover";
  const answer = await askDaemon(
    controlSocketPath(runDir),
    { command, set, timeoutMs: TIMEOUT_MS },
    { timeoutMs: TIMEOUT_MS + CLIENT_GRACE_MS },
  );
  if (answer.ok) return EXIT_CODES.ok;
  terminal.err.write(`${name}: ${harmless(answer.reason)}\n`);
  return EXIT_CODES.error;
}
