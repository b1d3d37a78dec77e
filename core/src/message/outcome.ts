// What the codec answers. Bad bytes are an answer, not an exception.
import type { Message, RefusalReason } from "../ports/index.js";

/** The two forms on the wire: `###…%%%` with a trailer, and `>>>…<<<` with an `auth` line. */
export type FrameForm = "netstring" | "string";

export type DecodeReason =
  /** A binary value is not base64, or not in its one canonical spelling. */
  | "bad-base64"
  /** Compressed bytes are damaged, cut short, or have something behind their end. */
  | "bad-compression"
  /** A field, list or nested message is not put together as its type demands. */
  | "malformed-field"
  /** A length prefix is not a plain decimal number, or what it counts does not end with a comma. */
  | "malformed-length"
  /** A field's name is empty, too long, or holds bytes that a name cannot have. */
  | "malformed-name"
  /** Nobody says how something was compressed, or it is neither zlib nor bz2. */
  | "unknown-compression"
  /** What is compressed is larger than `MAX_UNCOMPRESSED_BYTES`, all of one message together. */
  | "uncompressed-too-large"
  | "no-signature"
  | "not-a-frame"
  | "oversized"
  | "repeated-signature"
  | "too-deep"
  /** More fields and list items than `MAX_PIECES`. */
  | "too-many-fields"
  /** Bytes after the end of a string-form frame, other than one NUL. */
  | "trailing-bytes"
  | "truncated"
  | "unknown-field-type";

export interface Failure {
  readonly ok: false;
  readonly reason: DecodeReason;
}

export type MessageResult =
  | { readonly ok: true; readonly form: FrameForm; readonly message: Message }
  | Failure;

export type DecodeResult =
  | {
      readonly ok: true;
      readonly form: FrameForm;
      readonly message: Message;
      /** What the signature covers. May share memory with the frame. */
      readonly signed: Uint8Array;
      /** `<key index> <digest>` as received: nobody has judged it. */
      readonly signature: string;
    }
  | Failure;

export type OpenResult =
  | {
      readonly ok: true;
      readonly form: FrameForm;
      readonly message: Message;
      /** Index of the key that signed. */ readonly key: number;
    }
  | { readonly ok: false; readonly reason: DecodeReason | RefusalReason };

/** Counts down the pieces of one frame, so that no nesting can multiply work. */
export class PieceBudget {
  #left: number;

  constructor(pieces: number) {
    this.#left = pieces;
  }

  /** Takes one piece; false when there is none left. */
  take(): boolean {
    this.#left -= 1;
    return this.#left >= 0;
  }
}
