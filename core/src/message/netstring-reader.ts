// Reads the netstring form in two steps: where the fields lie (lengths only), then what they say. Between the two stands
// the signature's check, so no byte is believed before it.
import type { Field, Message } from "../ports/index.js";
import { bytesToText, copyBytes, standsAt } from "./byte-text.js";
import { CountedItems } from "./counted-items.js";
import { readName, readTypePrefix } from "./field-code.js";
import { MAX_DEPTH } from "./limits.js";
import { readList } from "./list-text.js";
import type { DecodeReason, PieceBudget } from "./outcome.js";

export const NETSTRING_START = "###\n";
export const NETSTRING_END = "%%%\n";

/** Where the parts of a message lie; nothing is interpreted. */
export interface NetstringLayout {
  /** Start and end of each field, in turns. */
  readonly bounds: readonly number[];
  /** First byte after `%%%\n`. */
  readonly end: number;
}

/** Finds the fields of the message that starts at `from` and must end at `to` or before. */
export function locateFields(
  bytes: Uint8Array,
  from: number,
  to: number,
  budget: PieceBudget,
): NetstringLayout | DecodeReason {
  const bounds: number[] = [];
  const cursor = new CountedItems(bytes, from + NETSTRING_START.length, to);
  while (cursor.at + NETSTRING_END.length > to || !standsAt(bytes, cursor.at, NETSTRING_END)) {
    if (!budget.take()) return "too-many-fields";
    const problem = cursor.next();
    if (problem !== undefined) return problem;
    bounds.push(cursor.start, cursor.end);
  }
  return { bounds, end: cursor.at + NETSTRING_END.length };
}

/** Interprets the fields that `locateFields` found. */
export function readFields(
  bytes: Uint8Array,
  layout: NetstringLayout,
  depth: number,
  budget: PieceBudget,
): Message | DecodeReason {
  const fields: Field[] = [];
  for (let index = 0; index < layout.bounds.length; index += 2) {
    const start = layout.bounds[index] ?? 0;
    const end = layout.bounds[index + 1] ?? 0;
    const field = readField(bytes, start, end, depth, budget);
    if (typeof field === "string") return field;
    fields.push(field);
  }
  return { fields };
}

function readField(
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
  budget: PieceBudget,
): Field | DecodeReason {
  const type = readTypePrefix(bytes, start, end);
  if (type === "malformed-field" || type === "unknown-field-type") return type;
  const head = readName(bytes, start + 3, end, type);
  if (typeof head === "string") return head;
  const { name, valueStart } = head;
  switch (type) {
    case "string":
      return { name, type, value: bytesToText(bytes, valueStart, end) };
    case "binary":
    case "compressed":
      return { name, type, value: copyBytes(bytes, valueStart, end) };
    case "list": {
      const value = readList(bytes, valueStart, end, budget);
      return typeof value === "string" ? value : { name, type, value };
    }
    case "struct":
    case "uncompressed": {
      const value = readNested(bytes, valueStart, end, depth + 1, budget);
      return typeof value === "string" ? value : { name, type, value };
    }
  }
}

/** A nested message is complete, has no trailer, and fills its field. */
function readNested(
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
  budget: PieceBudget,
): Message | DecodeReason {
  if (depth > MAX_DEPTH) return "too-deep";
  if (end - start < NETSTRING_START.length || !standsAt(bytes, start, NETSTRING_START))
    return "malformed-field";
  const layout = locateFields(bytes, start, end, budget);
  if (typeof layout === "string") return layout;
  return layout.end === end ? readFields(bytes, layout, depth, budget) : "malformed-field";
}
