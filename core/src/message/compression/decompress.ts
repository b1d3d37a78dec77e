// The one way from compressed bytes to plain ones: bounded, and never an exception.
import type { DecodeReason } from "../outcome.js";
import { bunzip2 } from "#bzip2";
import { Refused, type Expansion } from "./expansion.js";
import { inflate } from "./zlib.js";

/** The plain bytes, or why there are none. `algorithm` is untrusted text. */
export function decompress(
  algorithm: string | undefined,
  bytes: Uint8Array,
  expansion: Expansion,
): Uint8Array | DecodeReason {
  const expand = algorithm === "zlib" ? inflate : algorithm === "bz2" ? bunzip2 : undefined;
  if (expand === undefined) return "unknown-compression";
  try {
    return expand(bytes, expansion);
  } catch (error) {
    return error instanceof Refused ? error.reason : "bad-compression";
  }
}
