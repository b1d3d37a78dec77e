// AES-256-GCM from node:crypto: text in, sealed text and tag out, and back only if every byte is as it was.
import { createCipheriv, createDecipheriv } from "node:crypto";
import { TAG_BYTES } from "./frame-layout.js";

const CIPHER = "aes-256-gcm";
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/** `covered` is not hidden, but cannot be changed either. A nonce must not be used twice with a key. */
export function encrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  covered: readonly Uint8Array[],
  text: readonly Uint8Array[],
): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce, OPTIONS);
  cipher.setAAD(Buffer.concat(covered));
  const parts = text.map((bytes) => cipher.update(bytes));
  return Buffer.concat([...parts, cipher.final(), cipher.getAuthTag()]);
}

/** Undefined when anything about it is not as it was sealed. */
export function decrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  covered: readonly Uint8Array[],
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < TAG_BYTES) return undefined;
  const textBytes = sealed.length - TAG_BYTES;
  const cipher = createDecipheriv(CIPHER, key, nonce, OPTIONS);
  cipher.setAAD(Buffer.concat(covered));
  cipher.setAuthTag(sealed.subarray(textBytes));
  const text = cipher.update(sealed.subarray(0, textBytes));
  try {
    cipher.final();
    return text;
  } catch {
    // The one thing that `final` says by throwing: the tag does not fit.
    return undefined;
  }
}
