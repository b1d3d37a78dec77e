// Sentences on lines that are not too long.
import { harmless } from "./terminal.js";

/** Columns of a terminal that nobody has asked for its width. */
export const WIDTH = 80;

/** Breaks at blanks; the first line begins with `first`, the others with `indent`. A longer word keeps its line to itself. */
export function wrapped(text: string, first: string, indent: string, width: number): readonly string[] {
  const lines: string[] = [];
  let begin = first;
  let line = first;
  for (const word of text.split(" ")) {
    if (line !== begin && line.length + 1 + word.length > width) {
      lines.push(line);
      begin = indent;
      line = indent;
    }
    line += line === begin ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** Each line of `text`, made harmless and wrapped: every line that comes out begins with `indent`, and ends. */
export function wrappedText(text: string, indent: string): string {
  const lines = text.split("\n").flatMap((paragraph) => wrapped(harmless(paragraph), indent, indent, WIDTH));
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}
