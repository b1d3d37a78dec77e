// The fields by which heartbeat says that something is compressed, and how.

/** Holds a whole message, in a message that has only this field and the next. */
export const PAYLOAD_FIELD = "_compressed_payload";
/** `zlib` or `bz2`. */
export const ALGORITHM_FIELD = "_compression_algorithm";
