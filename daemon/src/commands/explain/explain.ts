// `systole explain`: why a group is where it is, or what became of a node, as the journals tell it. It asks no daemon.
import { explain as explanationOf, knownNames, type Explanation } from "../../explain/explanation.js";
import { explanationText } from "../../explain/explanation-text.js";
import { entryWords } from "../../explain/entry-words.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { journalDirectory } from "../../journal/files.js";
import { readJournal } from "../../journal/read-journal.js";
import { harmless, widthOf, type Terminal } from "../terminal.js";

export interface ExplainOptions {
  readonly stateDir: string;
  /** Copies of other nodes' journal directories. */
  readonly journal?: readonly string[];
  /** Milliseconds since 1970. */
  readonly at?: number;
  readonly since?: number;
  readonly json?: boolean;
}

/** Returns the exit code. Throws `STORE_FAILED` when a journal may not be read. */
export function explain(name: string, options: ExplainOptions, terminal: Terminal): number {
  const directories = [journalDirectory(options.stateDir), ...(options.journal ?? [])];
  const journals = directories.map((directory) => readJournal(directory).entries);
  const empty = directories.filter((_, at) => journals[at]?.length === 0);
  if (empty.length > 0) {
    const advice = "a daemon that has run here has one; --state-dir says where";
    terminal.err.write(`systole explain: there is no journal in ${empty.join(", ")}: ${advice}\n`);
    return EXIT_CODES.error;
  }
  const explanation = explanationOf(journals, {
    name,
    ...(options.at !== undefined && { atMs: options.at }),
    ...(options.since !== undefined && { sinceMs: options.since }),
  });
  if (explanation === undefined) {
    const known = knownNames(journals).join(", ");
    terminal.err.write(
      `systole explain: no group or node is named ${harmless(name)}; there are ${harmless(known)}\n`,
    );
    return EXIT_CODES.error;
  }
  terminal.out.write(
    options.json === true
      ? `${JSON.stringify(documentOf(explanation), undefined, 2)}\n`
      : explanationText(explanation, terminal.out, widthOf(terminal.out)),
  );
  return EXIT_CODES.ok;
}

/** The same for programs; `cause` is the number of a step of the same story. */
function documentOf({ stories, ...rest }: Explanation): unknown {
  return {
    ...rest,
    stories: stories.map(({ steps, beganMs, endedMs, unserved }) => ({
      began: new Date(beganMs).toISOString(),
      ended: new Date(endedMs).toISOString(),
      unserved,
      steps: steps.map(({ entry, cause }) => ({ ...entry, says: entryWords(entry), cause: cause ?? null })),
    })),
  };
}
