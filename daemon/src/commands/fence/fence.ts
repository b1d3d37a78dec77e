// `systole fence …`: asks the daemon, and prints what it says for people or for programs.
import { askDaemon } from "../../control/control-client.js";
import type { FenceQuestion } from "../../control/fence-documents.js";
import { controlSocketPath } from "../../control/run-directory.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { operate, type OperateOptions } from "../operate.js";
import { harmless, type Terminal } from "../terminal.js";
import { fenceTable } from "./fence-table.js";

export interface AskFenceOptions {
  readonly runDir: string;
  readonly json?: boolean;
}

export interface SureOptions {
  readonly yes?: boolean;
}

/** Every device has ten seconds for its list and ten for its status. */
const TIMEOUT_MS = 30_000;

/** Resolves to the exit code: of a test, 1 when no level could fence the node. */
export async function askFence(
  question: FenceQuestion,
  { runDir, json }: AskFenceOptions,
  terminal: Terminal,
): Promise<number> {
  const answer = await askDaemon(controlSocketPath(runDir), question, { timeoutMs: TIMEOUT_MS });
  if (!answer.ok || answer.fence === undefined) {
    const command = question.command.replace("-", " ");
    terminal.err.write(`systole ${command}: ${harmless(answer.reason ?? "the daemon said nothing")}\n`);
    return EXIT_CODES.error;
  }
  const { fence } = answer;
  terminal.out.write(
    json === true ? `${JSON.stringify(fence, undefined, 2)}\n` : fenceTable(fence, terminal.out),
  );
  return fence.kind === "test" && !fence.ok ? EXIT_CODES.error : EXIT_CODES.ok;
}

/** Ends a node at once. */
export function fenceNode(
  node: string | undefined,
  options: OperateOptions & SureOptions,
  terminal: Terminal,
): Promise<number> | number {
  if (node === undefined) {
    terminal.err.write("systole fence: name a node, or ask for list, status, test, history or confirm\n");
    return EXIT_CODES.usage;
  }
  const risk = `this ends ${harmless(node)} at once, with everything that runs there`;
  return unsure(options, risk, terminal) ?? operate({ command: "fence", node }, options, terminal);
}

/** A person vouches for a node being off. */
export function confirmFence(
  node: string,
  options: OperateOptions & SureOptions,
  terminal: Terminal,
): Promise<number> | number {
  const risk = `if ${harmless(node)} still runs, its groups will run twice; look at the machine first`;
  return unsure(options, risk, terminal) ?? operate({ command: "fence-confirm", node }, options, terminal);
}

/** The exit code of a command that needs `--yes` and has not got it. */
function unsure({ yes }: SureOptions, risk: string, terminal: Terminal): number | undefined {
  if (yes === true) return undefined;
  terminal.err.write(`systole fence: ${risk}. Add --yes to do it.\n`);
  return EXIT_CODES.usage;
}
