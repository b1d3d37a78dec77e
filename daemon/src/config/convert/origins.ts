// Which line of the old files something is from, and what people have written about it there.
import type { HaCf } from "../ha-cf/ha-cf.js";
import { shownLine } from "../shown-line.js";
import { splitLines, withoutComment } from "../source-text.js";

const MOST_COMMENT_LINES = 3;
/** `#keepalive 2`: a setting that is switched off, and no remark. */
const SWITCHED_OFF = /^#\s*[a-z][a-z_0-9]*\s+\S+\s*$/;

export class Origins {
  private readonly lines: readonly string[];
  private readonly told = new Set<number>();

  constructor(
    private readonly file: string,
    text: string,
  ) {
    this.lines = splitLines(text);
  }

  /** `ha.cf, line 9: ucast eth0 192.0.2.2`. */
  of(line: number): string {
    const text = shownLine(this.lines[line - 1] ?? "")
      .trim()
      .replaceAll(/\s+/g, " ");
    return `${this.file}, line ${line}: ${text}`;
  }

  /** Of the last line of a directive; undefined when there is none. */
  ofDirective(name: string): string | undefined {
    const index = this.lines.findLastIndex(
      (line) =>
        withoutComment(line)
          .trim()
          .split(/[ \t]+/)[0] === name,
    );
    return index === -1 ? undefined : this.of(index + 1);
  }

  /** Remarks right above a line, each once. */
  remarks(line: number): readonly string[] {
    const found: string[] = [];
    for (let number = line - 1; number >= 1 && found.length < MOST_COMMENT_LINES; number -= 1) {
      const text = (this.lines[number - 1] ?? "").trim();
      if (!/^#.*[A-Za-z]/.test(text) || SWITCHED_OFF.test(text) || this.told.has(number)) break;
      this.told.add(number);
      found.unshift(shownLine(text).replace(/^#+\s*/, "# "));
    }
    return found;
  }
}

/** Whether ha.cf has the directive at all. */
export function isWritten({ environment }: Pick<HaCf, "environment">, directive: string): boolean {
  return Object.hasOwn(environment, directive);
}
