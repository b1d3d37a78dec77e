// What decompressing may produce, counted over everything of one message: no nesting of bombs multiplies it.
import type { DecodeReason } from "../outcome.js";

/** Ends a decompressor from inside. Never leaves this folder. */
export class Refused extends Error {
  constructor(readonly reason: DecodeReason) {
    super(reason);
  }
}

export class Expansion {
  #bytesLeft: number;

  constructor(maxBytes: number) {
    this.#bytesLeft = maxBytes;
  }

  /** Takes room for that many bytes. Throws `Refused` when there is not enough left. */
  take(bytes: number): void {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft < 0) throw new Refused("uncompressed-too-large");
  }
}
