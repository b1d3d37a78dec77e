// Reading zlib streams (RFC 1950). The library neither bounds what it produces nor looks at the checksum, so both are done here.
import { Unzlib } from "fflate";
import { ByteWriter } from "../byte-writer.js";
import { Refused, type Expansion } from "./expansion.js";

/** A byte of deflate becomes at most some 1032: what one step can produce is small beside the bound. */
const STEP_BYTES = 512;
const CHECKSUM_BYTES = 4;
/** Head and checksum around at least an empty block. */
const LEAST_BYTES = 8;
const CHECKSUM_PRIME = 65_521;
/** So many bytes are summed up before the sums could lose a bit. */
const CHECKSUM_STEP = 3800;

/** Throws `Refused`, or whatever the library throws for damaged bytes. */
export function inflate(bytes: Uint8Array, expansion: Expansion): Uint8Array {
  if (bytes.length < LEAST_BYTES) throw new Refused("bad-compression");
  const writer = new ByteWriter();
  const stream = new Unzlib((chunk) => {
    expansion.take(chunk.length);
    writer.bytes(chunk);
  });
  for (let at = 0; at < bytes.length; at += STEP_BYTES) {
    stream.push(bytes.subarray(at, at + STEP_BYTES), at + STEP_BYTES >= bytes.length);
  }
  const plain = writer.finish();
  if (checksum(plain) !== lastWord(bytes)) throw new Refused("bad-compression");
  return plain;
}

function lastWord(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return view.getUint32(bytes.length - CHECKSUM_BYTES);
}

/** Adler-32. */
function checksum(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let start = 0; start < bytes.length; start += CHECKSUM_STEP) {
    for (const byte of bytes.subarray(start, start + CHECKSUM_STEP)) {
      low += byte;
      high += low;
    }
    low %= CHECKSUM_PRIME;
    high %= CHECKSUM_PRIME;
  }
  return high * 65_536 + low;
}
