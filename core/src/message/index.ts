/** Messages on the wire: decoding, encoding, signing. Pure. @packageDocumentation */
export { expandFields, unwrapPayload, type ExpandResult } from "./compression/open-compressed.js";
export { hasStringForm } from "./encodable.js";
export * from "./limits.js";
export { armour, armouredBytes, withoutArmour } from "./line-armour.js";
export { encodeNetstring } from "./netstring-writer.js";
export { packFrame, packMessage, type PackOptions } from "./pack-frame.js";
export { decodeFrame, decodeMessage, openFrame } from "./open-frame.js";
export type { DecodeReason, DecodeResult, FrameForm, MessageResult, OpenResult } from "./outcome.js";
export { sealFrame, sealStringFrame, type SealOptions } from "./seal-frame.js";
export { encodeString } from "./string-writer.js";
