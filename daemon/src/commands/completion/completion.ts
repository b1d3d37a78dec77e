// `systole completion SHELL`: the script for a shell, and what it asks at each Tab.
import type { Command } from "commander";
import { askReading } from "../../control/control-client.js";
import type { StatusDocument } from "../../control/status-document.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { DEFAULT_RUN_DIRECTORY } from "../../control/run-directory.js";
import type { Terminal } from "../terminal.js";
import { complete, type NameKind } from "./complete.js";
import { SCRIPTS, type Shell } from "./scripts.js";

export interface CompletionOptions {
  /** What stands before the cursor. Absent: the script is wanted. */
  readonly line?: string;
}

/** Nobody waits for a daemon at the prompt. */
const PATIENCE_MS = 300;

/** Never fails once a line is given: at worst nothing fits. */
export async function completion(
  shell: Shell,
  options: CompletionOptions,
  program: Command,
  terminal: Terminal,
): Promise<number> {
  const { line } = options;
  if (line === undefined) {
    terminal.out.write(SCRIPTS[shell]);
    return EXIT_CODES.ok;
  }
  const words = line.trimStart().split(/\s+/);
  const typed = words.at(-1) ?? "";
  const wanted = complete(program, words);
  if (wanted.isPath) return EXIT_CODES.ok;
  const names = wanted.names.length === 0 ? [] : await namesOf(wanted.names, runDirectoryIn(words));
  const fitting = [...new Set([...wanted.words, ...names])].filter((word) => word.startsWith(typed));
  // For bash a colon ends a word: only what stands behind the last one is replaced.
  const known = shell === "bash" ? typed.lastIndexOf(":") + 1 : 0;
  for (const word of fitting) terminal.out.write(`${word.slice(known)}\n`);
  return EXIT_CODES.ok;
}

/** As the line itself says, since the daemon that it will ask is the one that knows. */
function runDirectoryIn(words: readonly string[]): string {
  const at = words.indexOf("--run-dir");
  return (at < 0 ? undefined : words[at + 1]) ?? DEFAULT_RUN_DIRECTORY;
}

async function namesOf(kinds: readonly NameKind[], runDirectory: string): Promise<readonly string[]> {
  try {
    const answer = await askReading(runDirectory, { command: "status" }, { timeoutMs: PATIENCE_MS });
    if (!answer.ok || answer.status === undefined) return [];
    const { status } = answer;
    return kinds.flatMap((kind) => NAMES[kind](status)).filter(isTypable);
  } catch {
    return [];
  }
}

const NAMES: Readonly<Record<NameKind, (status: StatusDocument) => readonly string[]>> = {
  group: ({ groups }) => groups.map(({ key }) => key),
  node: ({ nodes }) => nodes.filter(({ kind }) => kind === "normal").map(({ name }) => name),
  resource: ({ groups }) => groups.flatMap(({ resources }) => resources.map(({ name }) => name)),
};

/** A shell would take anything else for something of its own. */
function isTypable(name: string): boolean {
  return /^[\w.:/@%+=,-]+$/.test(name);
}
