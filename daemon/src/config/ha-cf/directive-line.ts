// One line of ha.cf as every directive's reader gets it.
import type { Problems } from "../problem.js";
import type { Word } from "../source-text.js";
import type { HaCfDraft } from "./ha-cf.js";

export interface DirectiveLine {
  readonly directive: Word;
  /** Separated by blanks or commas. */
  readonly values: readonly Word[];
  /** Separated by blanks only, for directives that take parameters rather than a list. */
  readonly parameters: readonly Word[];
  /** Everything behind the directive, as written. */
  readonly rest: string;
}

export type DirectiveReader = (line: DirectiveLine, draft: HaCfDraft, problems: Problems) => void;

const TRUE = new Set(["true", "on", "yes", "y", "1"]);
const FALSE = new Set(["false", "off", "no", "n", "0"]);

/** A boolean as heartbeat spells them, case ignored; undefined when it is none. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : undefined;
}

/** A plain decimal number within bounds, or undefined. */
export function parseInteger(text: string, least: number, most: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}
