// A frame taken apart without being understood: what is signed, by which signature, and where the fields lie.
import type { Message } from "../ports/index.js";
import { bytesToText, standsAt } from "./byte-text.js";
import { CountedItems } from "./counted-items.js";
import { SIGNATURE_FIELD } from "./field-code.js";
import { MAX_FRAME_BYTES, MAX_PIECES, MAX_SIGNATURE_BYTES } from "./limits.js";
import { NETSTRING_START, locateFields, readFields, type NetstringLayout } from "./netstring-reader.js";
import { PieceBudget, type DecodeReason, type FrameForm } from "./outcome.js";
import { STRING_START } from "./string-lines.js";
import { locateLines, readLines, type StringLayout } from "./string-reader.js";

/** The unsigned part of a frame, its fields located. */
export type Body = { readonly bytes: Uint8Array; readonly budget: PieceBudget } & (
  | { readonly form: "netstring"; readonly layout: NetstringLayout }
  | { readonly form: "string"; readonly layout: StringLayout }
);

export interface Envelope {
  readonly body: Body;
  readonly signed: Uint8Array;
  readonly signature: string;
}

const SIGNATURE_LINE = `${SIGNATURE_FIELD}=`;
const OPEN = 0x28;
const DIGIT_ZERO = 0x30;
const DIGIT_NINE = 0x39;

/** Finds fields of a frame of either form, by lengths or lines only. */
export function locateBody(
  bytes: Uint8Array,
  maxBytes = MAX_FRAME_BYTES,
  budget = new PieceBudget(MAX_PIECES),
): Body | DecodeReason {
  if (bytes.length > maxBytes) return "oversized";
  const form = formOf(bytes);
  switch (form) {
    case "netstring": {
      const layout = locateFields(bytes, 0, bytes.length, budget);
      return typeof layout === "string" ? layout : { bytes, budget, form, layout };
    }
    case "string": {
      const layout = locateLines(bytes, budget);
      if (typeof layout === "string") return layout;
      return endsThere(bytes, layout.end) ? { bytes, budget, form, layout } : "trailing-bytes";
    }
    case undefined:
      return "not-a-frame";
  }
}

/** Finds what a frame's signature covers, and the signature. Nothing is believed yet. */
export function locateEnvelope(bytes: Uint8Array): Envelope | DecodeReason {
  const body = locateBody(bytes);
  if (typeof body === "string") return body;
  return body.form === "netstring" ? trailerEnvelope(body, body.layout.end) : lineEnvelope(body, body.layout);
}

/** Interprets the fields of a body. */
export function readBody(body: Body): Message | DecodeReason {
  return body.form === "netstring"
    ? readFields(body.bytes, body.layout, 0, body.budget)
    : readLines(body.bytes, body.layout, 0, body.budget);
}

function formOf(bytes: Uint8Array): FrameForm | undefined {
  if (standsAt(bytes, 0, NETSTRING_START)) return "netstring";
  return standsAt(bytes, 0, STRING_START) ? "string" : undefined;
}

/** One NUL may follow the string form: older installations send the terminator of a C string along. */
export function endsThere(bytes: Uint8Array, end: number): boolean {
  return bytes.length === end || (bytes.length === end + 1 && bytes[end] === 0);
}

/** The trailer signs the exact bytes before it; whatever follows it is tolerated and ignored. */
function trailerEnvelope(body: Body, end: number): Envelope | DecodeReason {
  const { bytes } = body;
  const first = bytes[end] ?? 0;
  if (first < DIGIT_ZERO || first > DIGIT_NINE) return "no-signature";
  const trailer = new CountedItems(bytes, end, bytes.length);
  const problem = trailer.next();
  if (problem !== undefined) return problem;
  if (trailer.end - trailer.start > MAX_SIGNATURE_BYTES) return "malformed-field";
  return { body, signed: bytes.subarray(0, end), signature: bytesToText(bytes, trailer.start, trailer.end) };
}

/** The `auth` line signs all other lines, in their order. */
function lineEnvelope(body: Body, layout: StringLayout): Envelope | DecodeReason {
  const { bytes } = body;
  const { bounds } = layout;
  const signed = new Uint8Array(layout.end);
  let length = 0;
  let signature: string | undefined;
  for (let index = 0; index < bounds.length; index += 2) {
    const start = bounds[index] ?? 0;
    const newline = bounds[index + 1] ?? 0;
    if (isTypedSignature(bytes, start)) return "repeated-signature";
    if (!standsAt(bytes, start, SIGNATURE_LINE)) {
      signed.set(bytes.subarray(start, newline + 1), length);
      length += newline + 1 - start;
      continue;
    }
    if (signature !== undefined) return "repeated-signature";
    const valueStart = start + SIGNATURE_LINE.length;
    if (newline - valueStart > MAX_SIGNATURE_BYTES) return "malformed-field";
    signature = bytesToText(bytes, valueStart, newline);
  }
  if (signature === undefined) return "no-signature";
  return { body, signed: signed.subarray(0, length), signature };
}

/** An `auth` field that is not text. Nobody sends one, and whether a signature covers it would be anybody's guess. */
function isTypedSignature(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === OPEN && standsAt(bytes, start + 3, SIGNATURE_LINE);
}
