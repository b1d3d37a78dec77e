// What one frame says, and whether it is genuine, for people who look at packets. Nothing here decides anything.
import {
  decodeFrame,
  expandFields,
  sealFrame,
  sealStringFrame,
  unwrapPayload,
  withoutArmour,
  type FrameForm,
} from "@systole/core/message";
import { claimsSealed, type Message } from "@systole/core/ports";
import { fieldsJson, type FieldJson } from "./field-json.js";
import type { WireKeys } from "./wire-keys.js";

export interface FrameReading {
  /** Null when the bytes are no frame. What is sealed only its nodes can read, so it is neither judged nor shown. */
  readonly form: FrameForm | "sealed" | null;
  /** Null when there are no keys to judge with. */
  readonly verified: boolean | null;
  /** Why it is not verified, or cannot be read; a word of the codec or of the authenticator. */
  readonly reason?: string;
  /** Index of the key that it says it was signed with. */
  readonly key?: number;
  /** Decoded, encoded and signed again, it has the same bytes. */
  readonly same?: boolean;
  readonly fields: readonly FieldJson[];
  /** The same fields with everything compressed opened; only when something is. */
  readonly expanded?: readonly FieldJson[];
  /** Why what is compressed does not open. */
  readonly expandedReason?: string;
}

export interface ReadOptions {
  readonly keys?: WireKeys | undefined;
  readonly reencode?: boolean | undefined;
}

/** Never throws, whatever the bytes are. */
export function readFrame(bytes: Uint8Array, { keys, reencode = false }: ReadOptions): FrameReading {
  const decoded = decodeFrame(bytes);
  if (isSealed(bytes)) {
    const verified = keys === undefined ? null : false;
    return { form: "sealed", verified, reason: "sealed", ...(reencode && { same: false }), fields: [] };
  }
  if (!decoded.ok) {
    return {
      form: null,
      verified: keys === undefined ? null : false,
      reason: decoded.reason,
      ...(reencode && { same: false }),
      fields: [],
    };
  }
  const { form, message, signed, signature } = decoded;
  const verdict = keys?.verify(signed, signature);
  const key = Number.parseInt(signature, 10);
  return {
    form,
    verified: verdict === undefined ? null : verdict.ok,
    ...(verdict?.ok === false && { reason: verdict.reason }),
    ...(Number.isSafeInteger(key) && { key }),
    ...(reencode && { same: isSame(bytes, message, form, key, keys) }),
    fields: fieldsJson(message),
    ...expansion(message),
  };
}

function isSealed(bytes: Uint8Array): boolean {
  return claimsSealed(withoutArmour(bytes) ?? bytes);
}

/** The message that a receiver would work with: out of its wrapper, every field opened; undefined when that fails. */
export function innermost(bytes: Uint8Array): Message | undefined {
  const decoded = decodeFrame(bytes);
  const unwrapped = decoded.ok ? unwrapPayload(decoded.message) : decoded;
  const expanded = unwrapped.ok ? expandFields(unwrapped.message) : unwrapped;
  if (expanded.ok) return expanded.message;
  return decoded.ok ? decoded.message : undefined;
}

function isSame(
  bytes: Uint8Array,
  message: Message,
  form: FrameForm,
  key: number,
  keys: WireKeys | undefined,
): boolean {
  const signer = keys?.signer(key);
  if (signer === undefined) return false;
  const innerSignature = message.fields.some(({ name }) => name === "auth");
  try {
    const again =
      form === "string" ? sealStringFrame(message, signer) : sealFrame(message, signer, { innerSignature });
    return Buffer.compare(again, bytes) === 0;
  } catch {
    // What can be received and not be sent by us: it is not the same.
    return false;
  }
}

function expansion(message: Message): Pick<FrameReading, "expanded" | "expandedReason"> {
  const unwrapped = unwrapPayload(message);
  const expanded = unwrapped.ok ? expandFields(unwrapped.message) : unwrapped;
  if (!expanded.ok) return { expandedReason: expanded.reason };
  const untouched = unwrapped.ok && unwrapped.message === message && !holdsCompressed(message);
  return untouched ? {} : { expanded: fieldsJson(expanded.message) };
}

function holdsCompressed(message: Message): boolean {
  return message.fields.some(
    (field) =>
      field.type === "compressed" ||
      ((field.type === "struct" || field.type === "uncompressed") && holdsCompressed(field.value)),
  );
}
