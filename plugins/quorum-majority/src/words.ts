// What nodes say to each other about their votes, and what one keeps of them: as text and back. Whatever is not understood is nothing.
import type { Attempt, Ballot, Electorate } from "./electorate.js";
import { MAX_NAMES, MAX_OPEN, MAX_WEIGHT, MAX_WORD_CHARACTERS } from "./limits.js";

export type Word =
  /**
   * To those in `side`. `believedForMs`: so long what is granted by the answers may be believed, counted from the question; 0 when
   * nothing will be granted by them.
   */
  | {
      readonly op: "ask";
      readonly id: string;
      readonly side: readonly string[];
      readonly believedForMs: number;
    }
  /** `seenAll`: this node, or one that told it, has seen the whole cluster since it started. */
  | { readonly op: "answer"; readonly id: string; readonly ballot: Ballot; readonly seenAll: boolean }
  | { readonly op: "try"; readonly id: string; readonly believedForMs: number; readonly attempt: Attempt }
  | { readonly op: "accepted"; readonly id: string }
  /** Everybody has accepted it. */
  | { readonly op: "settled"; readonly electorate: Electorate };

type Fields = Readonly<Record<string, unknown>>;
const MAX_ID_CHARACTERS = 100;
const MAX_NAME_CHARACTERS = 255;
const MAX_BELIEVED_MS = 86_400_000;

/** In ASCII: a field of a message is bytes. */
export function textOf(value: Word | Ballot): string {
  const text = JSON.stringify(value, (_key, part: unknown) => (part instanceof Map ? [...part] : part));
  return text.replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function parseWord(text: string): Word | undefined {
  const fields = fieldsOf(text);
  if (fields === undefined) return undefined;
  const { op, id, side, believedForMs, ballot, seenAll, attempt, electorate } = fields;
  if (op === "settled") {
    const settled = electorateOf(electorate);
    return settled && { op, electorate: settled };
  }
  if (typeof id !== "string" || id.length === 0 || id.length > MAX_ID_CHARACTERS) return undefined;
  if (op === "accepted") return { op, id };
  if (op === "ask")
    return isSide(side) && isTime(believedForMs) ? { op, id, side, believedForMs } : undefined;
  if (op === "answer") {
    const known = ballotOf(ballot);
    return known && typeof seenAll === "boolean" ? { op, id, ballot: known, seenAll } : undefined;
  }
  if (op !== "try" || !isTime(believedForMs) || !isRecord(attempt)) return undefined;
  const tried = electorateOf(attempt["electorate"]);
  const over = ballotOf(attempt["over"]);
  return tried && over && { op, id, believedForMs, attempt: { electorate: tried, over } };
}

/** Undefined for what no node of this version has written whole. */
export function parseBallot(text: string): Ballot | undefined {
  return ballotOf(fieldsOf(text));
}

function fieldsOf(text: string): Fields | undefined {
  if (text.length > MAX_WORD_CHARACTERS) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function ballotOf(value: unknown): Ballot | undefined {
  if (!isRecord(value)) return undefined;
  const { settled, open } = value;
  if (!Array.isArray(open) || open.length > MAX_OPEN + 1) return undefined;
  const tried = open.map(electorateOf);
  const known = tried.filter((one) => one !== undefined);
  const base = settled === undefined ? undefined : electorateOf(settled);
  const isWhole = known.length === tried.length && (settled === undefined || base !== undefined);
  return isWhole ? { settled: base, open: known } : undefined;
}

function electorateOf(value: unknown): Electorate | undefined {
  if (!isRecord(value)) return undefined;
  const { number, votes } = value;
  if (!Number.isSafeInteger(number) || (number as number) < 1) return undefined;
  if (!Array.isArray(votes) || votes.length === 0 || votes.length > MAX_NAMES) return undefined;
  const pairs = votes.filter(isVote);
  const counted = new Map(pairs);
  return counted.size === votes.length ? { number: number as number, votes: counted } : undefined;
}

function isVote(value: unknown): value is readonly [string, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [name, weight] = value as unknown[];
  return (
    isName(name) && Number.isInteger(weight) && (weight as number) >= 0 && (weight as number) <= MAX_WEIGHT
  );
}

function isSide(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MAX_NAMES && value.every(isName);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_NAME_CHARACTERS;
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= MAX_BELIEVED_MS;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
