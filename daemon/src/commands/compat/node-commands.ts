// `hb_addnode`, `hb_delnode`, `hb_setweight` and `hb_setsite` as scripts call them. Unlike heartbeat's, which drop a message
// and leave, they return when it is done, and fail when it is not.
import type { NodeRequest } from "@systole/core/ports";
import { askDaemon } from "../../control/control-client.js";
import { controlSocketPath, DEFAULT_RUN_DIRECTORY } from "../../control/run-directory.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { harmless, type Terminal } from "../terminal.js";
import type { OldCommandOptions } from "./resource-commands.js";

export type NodeCommand = "hb_addnode" | "hb_delnode" | "hb_setweight" | "hb_setsite";

const TIMEOUT_MS = 10_000;
const CLIENT_GRACE_MS = 2000;

const ARGUMENTS: Readonly<Record<NodeCommand, string>> = {
  hb_addnode: "<node> <node> ...",
  hb_delnode: "<node> <node> ...",
  hb_setweight: "<node> <weight>",
  hb_setsite: "<node> <site>",
};

/** What the arguments ask for, or what is wrong with them; undefined where heartbeat's command shows its usage. */
function requestOf(name: NodeCommand, args: readonly string[]): NodeRequest | string | undefined {
  const [node, value] = args;
  const nodes = words(args);
  if (node === undefined || node === "--help" || nodes.length === 0) return undefined;
  switch (name) {
    case "hb_addnode":
      return { kind: "add", nodes };
    case "hb_delnode":
      return { kind: "delete", nodes };
    case "hb_setweight":
      if (value === undefined) return undefined;
      return /^\d{1,9}$/.test(value)
        ? { kind: "weight", node, weight: Number(value) }
        : `"${value}" is not a weight; write a whole number, e.g. 100`;
    case "hb_setsite":
      return value === undefined ? undefined : { kind: "site", node, site: value };
  }
}

/** heartbeat's commands hand their arguments on as one text: `hb_addnode "a b"` means two nodes. */
function words(args: readonly string[]): readonly string[] {
  return args.flatMap((arg) => arg.split(/[ \t]+/)).filter((word) => word !== "");
}

/** Returns the exit code: 0 done, 1 not done or wrongly called. Throws `CONTROL_UNREACHABLE` when no daemon answers. */
export async function editNodes(
  name: NodeCommand,
  args: readonly string[],
  terminal: Terminal,
  { runDir = DEFAULT_RUN_DIRECTORY }: OldCommandOptions = {},
): Promise<number> {
  const edit = requestOf(name, args);
  if (edit === undefined) {
    terminal.out.write(`usage: ${name} ${ARGUMENTS[name]}\n`);
    return EXIT_CODES.error;
  }
  const reason = typeof edit === "string" ? edit : await refusal(edit, runDir);
  if (reason === undefined) return EXIT_CODES.ok;
  terminal.err.write(`${name}: ${harmless(reason)}\n`);
  return EXIT_CODES.error;
}

/** Undefined when it was done. */
async function refusal(edit: NodeRequest, runDir: string): Promise<string | undefined> {
  const answer = await askDaemon(
    controlSocketPath(runDir),
    { command: "node", edit, timeoutMs: TIMEOUT_MS },
    { timeoutMs: TIMEOUT_MS + CLIENT_GRACE_MS },
  );
  return answer.ok ? undefined : answer.reason;
}
