// From bytes of the network to a message. `openFrame` is the way in; `decodeFrame` is for tools that look at what is not theirs.
import type { Authenticator } from "../ports/index.js";
import { endsThere, locateBody, locateEnvelope, readBody } from "./envelope.js";
import type { DecodeResult, MessageResult, OpenResult } from "./outcome.js";

/**
 * Authenticates a frame of either form, and only then interprets its fields. All fields are kept as received, `auth`
 * included. Never throws, whatever the bytes are; the message shares no memory with them.
 */
export function openFrame(bytes: Uint8Array, authenticator: Authenticator): OpenResult {
  const envelope = locateEnvelope(bytes);
  if (typeof envelope === "string") return { ok: false, reason: envelope };
  const verdict = authenticator.verify(envelope.signed, envelope.signature);
  if (!verdict.ok) return verdict;
  const message = readBody(envelope.body);
  if (typeof message === "string") return { ok: false, reason: message };
  return { ok: true, form: envelope.body.form, message, key: verdict.key };
}

/** Decodes a signed frame of either form without judging the signature. Never throws. */
export function decodeFrame(bytes: Uint8Array): DecodeResult {
  const envelope = locateEnvelope(bytes);
  if (typeof envelope === "string") return { ok: false, reason: envelope };
  const message = readBody(envelope.body);
  if (typeof message === "string") return { ok: false, reason: message };
  const { body, signed, signature } = envelope;
  return { ok: true, form: body.form, message, signed, signature };
}

/** Decodes a message that carries no signature of its own, e.g. of the local FIFO or of a compressed payload. Never throws. */
export function decodeMessage(bytes: Uint8Array): MessageResult {
  const body = locateBody(bytes);
  if (typeof body === "string") return { ok: false, reason: body };
  if (!endsThere(bytes, body.layout.end)) return { ok: false, reason: "trailing-bytes" };
  const message = readBody(body);
  return typeof message === "string"
    ? { ok: false, reason: message }
    : { ok: true, form: body.form, message };
}
