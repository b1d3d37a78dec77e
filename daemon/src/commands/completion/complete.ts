// What may stand where the cursor is: from the tree of commands, without running any of them.
import type { Argument, Command, Option } from "commander";

/** Names that only a running daemon knows. */
export type NameKind = "group" | "node" | "resource";

export interface Completion {
  readonly words: readonly string[];
  readonly names: readonly NameKind[];
  /** A path is wanted: the shell knows those itself. */
  readonly isPath: boolean;
}

/** What an argument is, by the words in its name: `<group>`, `[node]`, `<group-or-node>`. */
const NAME_KINDS: readonly NameKind[] = ["group", "node", "resource"];
const NOTHING: Completion = { words: [], names: [], isPath: false };

/** `words`: everything before the cursor, the program's name first, the word that is being typed last. */
export function complete(program: Command, words: readonly string[]): Completion {
  const typed = words.at(-1) ?? "";
  let command = program;
  let at = 0;
  let wanting: Option | undefined;
  let isOnlyArguments = false;
  for (const word of words.slice(1, -1)) {
    if (wanting !== undefined) wanting = undefined;
    else if (word === "--") isOnlyArguments = true;
    else if (!isOnlyArguments && word.startsWith("-")) wanting = wantingOf(command, word);
    else {
      const below = at === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (below === undefined) at += 1;
      else command = below;
    }
  }
  if (wanting !== undefined) return valuesOf(wanting.argChoices, wanting.name(), wanting.flags);
  if (typed.startsWith("-") && !isOnlyArguments) return { ...NOTHING, words: optionsOf(command) };
  const argument = argumentAt(command, at);
  const own =
    argument === undefined ? NOTHING : valuesOf(argument.argChoices, argument.name(), argument.name());
  const below = at === 0 ? command.commands.map((one) => one.name()).filter((name) => name !== "help") : [];
  return { ...own, words: [...below, ...own.words] };
}

function wantingOf(command: Command, word: string): Option | undefined {
  if (word.includes("=")) return undefined;
  for (let one: Command | null = command; one !== null; one = one.parent) {
    const option = one.options.find(({ long, short }) => long === word || short === word);
    if (option !== undefined) return option.isBoolean() ? undefined : option;
  }
  return undefined;
}

function optionsOf(command: Command): readonly string[] {
  const own = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []);
  return [...own, "--help"];
}

function argumentAt(command: Command, at: number): Argument | undefined {
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  return registeredArguments[at] ?? (last?.variadic === true ? last : undefined);
}

function valuesOf(choices: readonly string[] | undefined, name: string, described: string): Completion {
  if (choices !== undefined) return { ...NOTHING, words: choices };
  if (/\b(dir|file|path|files|directory)\b/.test(described)) return { ...NOTHING, isPath: true };
  const parts = name.split("-");
  return { ...NOTHING, names: NAME_KINDS.filter((kind) => parts.includes(kind)) };
}
