// Base64 in the one spelling that heartbeat writes: standard alphabet, padded, no line breaks, unused bits zero. Any other
// spelling is refused, so that equal values have equal lines and a signature means one thing.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PAD = 0x3d;
const INVALID = 0xff;

const VALUES = new Uint8Array(256).fill(INVALID);
for (let value = 0; value < ALPHABET.length; value += 1) VALUES[ALPHABET.charCodeAt(value)] = value;

export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    text += left > 1 ? ALPHABET.charAt((group >> 6) & 63) : "=";
    text += left > 2 ? ALPHABET.charAt(group & 63) : "=";
  }
  return text;
}

/** Decodes bytes `start` to `end`; undefined when they are not canonical base64. */
export function decodeBase64(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const length = end - start;
  if (length % 4 !== 0) return undefined;
  if (length === 0) return new Uint8Array(0);
  const pads = bytes[end - 1] !== PAD ? 0 : bytes[end - 2] !== PAD ? 1 : 2;
  const decoded = new Uint8Array((length / 4) * 3 - pads);
  let out = 0;
  for (let at = start; at < end; at += 4) {
    const group = readGroup(bytes, at, at + 4 === end ? pads : 0);
    if (group === undefined) return undefined;
    // Writes past the end of a typed array vanish: that drops the bytes the padding stands for.
    decoded[out] = group >> 16;
    decoded[out + 1] = (group >> 8) & 0xff;
    decoded[out + 2] = group & 0xff;
    out += 3;
  }
  return decoded;
}

function readGroup(bytes: Uint8Array, at: number, pads: number): number | undefined {
  let group = 0;
  for (let offset = 0; offset < 4 - pads; offset += 1) {
    const value = VALUES[bytes[at + offset] ?? 0] ?? INVALID;
    if (value === INVALID) return undefined;
    group |= value << (18 - 6 * offset);
  }
  const unusedBits = pads * 8;
  return (group & ((1 << unusedBits) - 1)) === 0 ? group : undefined;
}
