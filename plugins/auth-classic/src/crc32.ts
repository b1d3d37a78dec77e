// heartbeat's crc: CRC-32, polynomial 0x04C11DB7, most significant bit first, start 0, inverted at the end. Detects
// damage, not forgery. No library has this variant without the length appended.

const POLYNOMIAL = 0x04c11db7;

const TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let rest = index << 24;
  for (let bit = 0; bit < 8; bit += 1) rest = rest < 0 ? (rest << 1) ^ POLYNOMIAL : rest << 1;
  return rest;
});

/** Unsigned 32-bit checksum. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = (crc << 8) ^ (TABLE[(crc >>> 24) ^ byte] ?? 0);
  return ~crc >>> 0;
}
