// Every bound of the codec in one place. A frame beyond one of them is refused, never cut.

/** Largest frame on the wire, signature included. Also what heartbeat allows. */
export const MAX_FRAME_BYTES = 256 * 1024;

/** Largest message before compression. Also what heartbeat allows. */
export const MAX_UNCOMPRESSED_BYTES = 2 * 1024 * 1024;

/** Digits of the longest length prefix that can fit into a message before compression. */
export const MAX_LENGTH_DIGITS = 7;

/** Fields and list items of one frame, nested ones included. */
export const MAX_PIECES = 4096;

/** Messages inside messages: a child of the outermost message has depth 1. The string form has no more newline substitutes. */
export const MAX_DEPTH = 16;

export const MAX_NAME_BYTES = 255;

/** Signature text `<key index> <digest>`. */
export const MAX_SIGNATURE_BYTES = 512;
