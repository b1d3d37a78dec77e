// Reads the string form in two steps: which lines there are, then what they say. Between the two stands the signature's
// check. Only canonical lines are accepted later, so the lines as received are the lines that a re-serialisation would give.
import type { Field, Message } from "../ports/index.js";
import { bytesToText, standsAt } from "./byte-text.js";
import { decodeBase64 } from "./base64.js";
import { readName, readTypePrefix, type FieldHead } from "./field-code.js";
import { readList } from "./list-text.js";
import type { DecodeReason, PieceBudget } from "./outcome.js";
import { NEWLINE, STRING_END, STRING_START, TEXT_NEWLINE, nestedNewline } from "./string-lines.js";

const OPEN = 0x28;

/** Where the lines of a message lie; nothing is interpreted. */
export interface StringLayout {
  /** Start of each line and position of the newline that ends it, in turns. Empty lines are left out, but count. */
  readonly bounds: readonly number[];
  /** First byte after `<<<\n`. */
  readonly end: number;
}

/** Finds the lines of the message that starts with `>>>\n` at the first byte. */
export function locateLines(bytes: Uint8Array, budget: PieceBudget): StringLayout | DecodeReason {
  const bounds: number[] = [];
  let start = STRING_START.length;
  for (;;) {
    const newline = bytes.indexOf(NEWLINE, start);
    if (newline < 0) return "truncated";
    if (newline - start === 3 && standsAt(bytes, start, STRING_END)) return { bounds, end: newline + 1 };
    if (!budget.take()) return "too-many-fields";
    if (newline > start) bounds.push(start, newline);
    start = newline + 1;
  }
}

/** Interprets the lines that `locateLines` found. */
export function readLines(
  bytes: Uint8Array,
  layout: StringLayout,
  depth: number,
  budget: PieceBudget,
): Message | DecodeReason {
  const fields: Field[] = [];
  for (let index = 0; index < layout.bounds.length; index += 2) {
    const field = readLine(bytes, layout.bounds[index] ?? 0, layout.bounds[index + 1] ?? 0, depth, budget);
    if (typeof field === "string") return field;
    fields.push(field);
  }
  return { fields };
}

function readLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
  budget: PieceBudget,
): Field | DecodeReason {
  const head = readHead(bytes, start, end);
  if (typeof head === "string") return head;
  const { name, type, valueStart } = head;
  switch (type) {
    case "string":
      return { name, type, value: readText(bytes, valueStart, end) };
    case "binary":
    case "compressed": {
      const value = decodeBase64(bytes, valueStart, end);
      return value === undefined ? "bad-base64" : { name, type, value };
    }
    case "list": {
      const value = readList(bytes, valueStart, end, budget);
      return typeof value === "string" ? value : { name, type, value };
    }
    case "struct": {
      const value = readNested(bytes, valueStart, end, depth + 1, budget);
      return typeof value === "string" ? value : { name, type, value };
    }
    case "uncompressed":
      return "unknown-field-type";
  }
}

function readHead(bytes: Uint8Array, start: number, end: number): FieldHead | DecodeReason {
  if (bytes[start] !== OPEN) return readName(bytes, start, end, "string");
  const type = readTypePrefix(bytes, start, end);
  if (type === "malformed-field" || type === "unknown-field-type") return type;
  // Text has no prefix here: a second spelling of the same field would be a second text under the same signature.
  return type === "string" ? "malformed-field" : readName(bytes, start + 3, end, type);
}

function readText(bytes: Uint8Array, start: number, end: number): string {
  const text = bytesToText(bytes, start, end);
  return text.includes(String.fromCharCode(TEXT_NEWLINE))
    ? text.replaceAll(String.fromCharCode(TEXT_NEWLINE), "\n")
    : text;
}

/** A nested message is complete and fills its line. */
function readNested(
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
  budget: PieceBudget,
): Message | DecodeReason {
  const substitute = nestedNewline(depth);
  if (substitute === undefined) return "too-deep";
  const child = new Uint8Array(bytes.subarray(start, end));
  for (let at = child.indexOf(substitute); at >= 0; at = child.indexOf(substitute, at + 1))
    child[at] = NEWLINE;
  if (child.length < STRING_START.length || !standsAt(child, 0, STRING_START)) return "malformed-field";
  const layout = locateLines(child, budget);
  if (typeof layout === "string") return layout;
  return layout.end === child.length ? readLines(child, layout, depth, budget) : "malformed-field";
}
