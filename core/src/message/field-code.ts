// What both forms share: the digit of each field type, and which names a field can have.
import type { Field, FieldType } from "../ports/index.js";
import { bytesToText } from "./byte-text.js";
import { MAX_NAME_BYTES } from "./limits.js";
import type { DecodeReason } from "./outcome.js";

/** Name of the field that carries the inner signature; the signature never covers it. */
export const SIGNATURE_FIELD = "auth";

const TYPES: readonly FieldType[] = ["string", "binary", "struct", "list", "compressed", "uncompressed"];
const CODES: Readonly<Record<FieldType, string>> = {
  string: "0",
  binary: "1",
  struct: "2",
  list: "3",
  compressed: "4",
  uncompressed: "5",
};

const DIGIT_ZERO = 0x30;
const DIGIT_NINE = 0x39;
const OPEN = 0x28;
const CLOSE = 0x29;
const EQUALS = 0x3d;

/** A field taken apart, its value not yet read: the value's bytes are `valueStart` to the field's end. */
export interface FieldHead {
  readonly name: string;
  readonly type: FieldType;
  readonly valueStart: number;
}

/** What stands before a name, e.g. `(1)`. */
export function typePrefix(field: Field): string {
  return `(${CODES[field.type]})`;
}

/** Reads the type in `(<digit>)` at `at`. */
export function readTypePrefix(
  bytes: Uint8Array,
  at: number,
  end: number,
): FieldType | "malformed-field" | "unknown-field-type" {
  const digit = bytes[at + 1] ?? 0;
  if (at + 3 > end || bytes[at] !== OPEN || bytes[at + 2] !== CLOSE) return "malformed-field";
  if (digit < DIGIT_ZERO || digit > DIGIT_NINE) return "malformed-field";
  return TYPES[digit - DIGIT_ZERO] ?? "unknown-field-type";
}

/** Reads `name=` at `at`. */
export function readName(
  bytes: Uint8Array,
  at: number,
  end: number,
  type: FieldType,
): FieldHead | DecodeReason {
  const limit = Math.min(end, at + MAX_NAME_BYTES + 1);
  let equals = at;
  while (equals < limit && bytes[equals] !== EQUALS) {
    if (!isNameByte(bytes[equals] ?? 0)) return "malformed-name";
    equals += 1;
  }
  if (equals === end) return "malformed-field";
  if (equals === limit || equals === at || bytes[at] === OPEN) return "malformed-name";
  return { name: bytesToText(bytes, at, equals), type, valueStart: equals + 1 };
}

/** True for a name that both forms can carry without meaning something else. */
export function isFieldName(name: string): boolean {
  if (name.length === 0 || name.length > MAX_NAME_BYTES || name.charCodeAt(0) === OPEN) return false;
  for (let index = 0; index < name.length; index += 1) {
    const code = name.charCodeAt(index);
    if (!isNameByte(code) || code === EQUALS) return false;
  }
  return true;
}

/** Printable ASCII. */
function isNameByte(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}
