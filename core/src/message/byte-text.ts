// Text of a message is a byte string: one character is one byte. TextDecoder cannot do that (its latin1 is windows-1252).

const CHUNK_BYTES = 4096;
const SHORT_BYTES = 16;

/** Reads bytes `start` to `end` as a byte string. */
export function bytesToText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start <= SHORT_BYTES) {
    let text = "";
    for (let at = start; at < end; at += 1) text += String.fromCharCode(bytes[at] ?? 0);
    return text;
  }
  let text = "";
  for (let at = start; at < end; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, Math.min(end, at + CHUNK_BYTES));
    text += String.fromCharCode.apply(null, chunk as unknown as number[]);
  }
  return text;
}

/** Copies bytes `start` to `end`, also out of a Buffer, whose own `slice` would share them. */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** True when `mark` stands at `at`. */
export function standsAt(bytes: Uint8Array, at: number, mark: string): boolean {
  for (let offset = 0; offset < mark.length; offset += 1) {
    if (bytes[at + offset] !== mark.charCodeAt(offset)) return false;
  }
  return true;
}
