// Opens what a sender compressed: a whole message, or single fields of it.
import { textField, type Field, type Message } from "../../ports/index.js";
import { endsThere, locateBody, readBody } from "../envelope.js";
import { MAX_DEPTH, MAX_PIECES, MAX_UNCOMPRESSED_BYTES } from "../limits.js";
import { PieceBudget, type DecodeReason, type Failure } from "../outcome.js";
import { decompress } from "./decompress.js";
import { Expansion } from "./expansion.js";
import { ALGORITHM_FIELD, PAYLOAD_FIELD } from "./names.js";

export type ExpandResult = { readonly ok: true; readonly message: Message } | Failure;

/** What all of one message has to share. */
interface Bounds {
  readonly expansion: Expansion;
  readonly pieces: PieceBudget;
}

const bounds = (): Bounds => ({
  expansion: new Expansion(MAX_UNCOMPRESSED_BYTES),
  pieces: new PieceBudget(MAX_PIECES),
});

/**
 * The message inside a message that is nothing but a compressed one; any other comes back as it is. A signature that
 * the inner message carries is not judged: the outer one covers it. Never throws.
 */
export function unwrapPayload(message: Message): ExpandResult {
  const payload = message.fields.find(({ name }) => name === PAYLOAD_FIELD);
  if (payload === undefined) return { ok: true, message };
  if (payload.type !== "binary" && payload.type !== "compressed") return failure("malformed-field");
  return resultOf(openBytes(payload.value, textField(message, ALGORITHM_FIELD), bounds()));
}

/**
 * The message with every compressed field opened, at any depth: it becomes a `struct`. Signatures cover what was sent, so
 * this is for reading only. Never throws.
 */
export function expandFields(message: Message): ExpandResult {
  return resultOf(expand(message, 0, bounds()));
}

function expand(message: Message, depth: number, shared: Bounds): Message | DecodeReason {
  if (depth > MAX_DEPTH) return "too-deep";
  const algorithm = textField(message, ALGORITHM_FIELD);
  const fields: Field[] = [];
  for (const field of message.fields) {
    const value = valueOf(field, algorithm, depth, shared);
    if (typeof value === "string") return value;
    fields.push(value);
  }
  return { fields };
}

function valueOf(
  field: Field,
  algorithm: string | undefined,
  depth: number,
  shared: Bounds,
): Field | DecodeReason {
  switch (field.type) {
    case "string":
    case "binary":
    case "list":
      return field;
    case "struct":
    case "uncompressed": {
      const value = expand(field.value, depth + 1, shared);
      return typeof value === "string" ? value : { ...field, value };
    }
    case "compressed": {
      const opened = openBytes(field.value, algorithm, shared);
      if (typeof opened === "string") return opened;
      const value = expand(opened, depth + 1, shared);
      return typeof value === "string" ? value : { name: field.name, type: "struct", value };
    }
  }
}

function openBytes(
  compressed: Uint8Array,
  algorithm: string | undefined,
  { expansion, pieces }: Bounds,
): Message | DecodeReason {
  const plain = decompress(algorithm, compressed, expansion);
  if (typeof plain === "string") return plain;
  const body = locateBody(plain, MAX_UNCOMPRESSED_BYTES, pieces);
  if (typeof body === "string") return body;
  return endsThere(plain, body.layout.end) ? readBody(body) : "trailing-bytes";
}

function resultOf(message: Message | DecodeReason): ExpandResult {
  return typeof message === "string" ? failure(message) : { ok: true, message };
}

function failure(reason: DecodeReason): Failure {
  return { ok: false, reason };
}
