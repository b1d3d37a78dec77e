// Writing zlib streams (RFC 1950).
import { zlibSync } from "fflate";

export function deflate(bytes: Uint8Array): Uint8Array {
  return zlibSync(bytes);
}
