// One entry of the journal on one line.
import { entryWords } from "../../explain/entry-words.js";
import { wallMsOf, type JournalEntry } from "../../journal/entry.js";
import { clockText, dayText } from "../clock-text.js";
import { harmless, paint, type Output, type Style } from "../terminal.js";

const STYLES: Readonly<Record<JournalEntry["level"], Style>> = { info: "dim", warn: "yellow", error: "red" };

/** Time, level, node, and the event in words with its name behind. */
export function entryText(entry: JournalEntry, output: Output): string {
  const ms = wallMsOf(entry);
  const level = paint(output, STYLES[entry.level], entry.level.padEnd(5));
  const said = harmless(`${entry.node} ${entryWords(entry)}`);
  return `${dayText(ms)} ${clockText(ms)} ${level} ${said} ${paint(output, "dim", `(${harmless(entry.name)})`)}`;
}
