// The bottom of all three parsers: lines and words with their places, whatever the editor that wrote the file.
import type { Position, Problems } from "./problem.js";

/** A piece of a line, where it stands. */
export interface Word extends Position {
  readonly text: string;
}

/** Longest line that is read, as in heartbeat. */
const MAX_LINE_CHARACTERS = 5120;

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL_CHARACTER = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/** Looks like a blank and is a letter to a parser: a no-break space, a narrow one, an ideographic one. */
const FOREIGN_BLANK = /[\u00a0\u2000-\u200b\u202f\u3000]/;

/** Physical lines without their ends (LF, CR LF or CR) and without a byte order mark. */
export function splitLines(text: string): string[] {
  return (text.startsWith("\uFEFF") ? text.slice(1) : text).split(/\r\n|\n|\r/);
}

/** The line up to the first `#`. */
export function withoutComment(line: string): string {
  const hash = line.indexOf("#");
  return hash < 0 ? line : line.slice(0, hash);
}

/** Words between separators; `offset` columns stand before `text` in its line. */
export function splitWords(text: string, line: number, separators: RegExp, offset = 0): Word[] {
  const words: Word[] = [];
  let start = 0;
  for (const part of text.split(separators)) {
    const at = text.indexOf(part, start);
    if (part !== "") words.push({ text: part, line, column: offset + at + 1 });
    start = at + part.length;
  }
  return words;
}

/** Says what makes a line unreadable; true when it can be read. */
export function isReadable(line: string, lineNumber: number, problems: Problems): boolean {
  if (line.length > MAX_LINE_CHARACTERS) {
    problems.error(
      { line: lineNumber, column: MAX_LINE_CHARACTERS + 1 },
      "file.line-too-long",
      `the line is longer than ${MAX_LINE_CHARACTERS} characters; split it`,
    );
    return false;
  }
  const foreign = FOREIGN_BLANK.exec(line);
  if (foreign !== null) {
    const message = "a no-break space stands here, as web pages have them; type an ordinary blank instead";
    problems.error({ line: lineNumber, column: foreign.index + 1 }, "file.control-character", message);
    return false;
  }
  const bad = CONTROL_CHARACTER.exec(line);
  if (bad === null) return true;
  problems.error(
    { line: lineNumber, column: bad.index + 1 },
    "file.control-character",
    "there is a control character here; is this the right file? Delete the character",
  );
  return false;
}
