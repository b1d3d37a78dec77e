// In place of `deflate.ts` on Workers: what a function says fits into a call as it is, and no client there asks for compressed fields.
import { SystoleError } from "../../ports/index.js";

/** Throws `FRAME_TOO_LARGE`: only what is too large is compressed. */
export function deflate(bytes: Uint8Array): never {
  throw new SystoleError(
    "FRAME_TOO_LARGE",
    `${bytes.length} bytes are too many, and are not compressed here.`,
  );
}
