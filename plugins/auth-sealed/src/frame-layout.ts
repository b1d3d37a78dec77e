// Where the parts of a sealed frame stand. Nothing here is believed: it only says which bytes are which.
//
//   magic 4 | sender's key 8 | epoch 16 | counter 8 | slots 1 | slot 72 for each receiver | body
//   slot: receiver's key 8 | sealed (content key 32, echo 8, challenge 8) | tag 16
//   body: sealed (notice, message) | tag 16
import { SEALED_MAGIC } from "@systole/sdk";
import { EPOCH_BYTES, KEY_BYTES, KEY_ID_BYTES } from "./node-key.js";

export const TAG_BYTES = 16;
export const CHALLENGE_BYTES = 8;
const SENDER_AT = SEALED_MAGIC.length;
const EPOCH_AT = SENDER_AT + KEY_ID_BYTES;
const COUNTER_AT = EPOCH_AT + EPOCH_BYTES;
const SLOTS_AT = COUNTER_AT + 8;
export const HEAD_BYTES = SLOTS_AT;
export const SLOT_TEXT_BYTES = KEY_BYTES + 2 * CHALLENGE_BYTES;
export const SLOT_BYTES = KEY_ID_BYTES + SLOT_TEXT_BYTES + TAG_BYTES;
const WORD = 2 ** 32;

/** A frame taken apart. The parts share memory with it. */
export interface FrameParts {
  /** Everything before the slots' number: what each seal covers besides its own text. */
  readonly head: Uint8Array;
  /** Id of the key that is said to have sealed it. */
  readonly sender: string;
  readonly epoch: Uint8Array;
  readonly counter: number;
  readonly slots: readonly Slot[];
  /** Sealed text and tag. */
  readonly body: Uint8Array;
}

export interface Slot {
  /** Id of the receiver's key. */
  readonly receiver: string;
  readonly receiverBytes: Uint8Array;
  /** Sealed text and tag. */
  readonly sealed: Uint8Array;
}

export function writeHead(sender: Uint8Array, epoch: Uint8Array, counter: number): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES);
  head.set(SEALED_MAGIC, 0);
  head.set(sender, SENDER_AT);
  head.set(epoch, EPOCH_AT);
  head.writeUInt32BE(Math.floor(counter / WORD), COUNTER_AT);
  head.writeUInt32BE(counter % WORD, COUNTER_AT + 4);
  return head;
}

/** The nonce of a slot: its key is of one direction and one start, and the counter never repeats in it. */
export function nonceOf(head: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(12);
  nonce.set(head.subarray(COUNTER_AT, SLOTS_AT), 4);
  return nonce;
}

/** Undefined when the bytes cannot be a sealed frame. */
export function readFrame(bytes: Uint8Array): FrameParts | undefined {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = frame[SLOTS_AT];
  if (count === undefined || !SEALED_MAGIC.every((byte, index) => frame[index] === byte)) return undefined;
  const bodyAt = SLOTS_AT + 1 + count * SLOT_BYTES;
  if (frame.length < bodyAt + TAG_BYTES) return undefined;
  const counter = frame.readUInt32BE(COUNTER_AT) * WORD + frame.readUInt32BE(COUNTER_AT + 4);
  if (!Number.isSafeInteger(counter)) return undefined;
  return {
    head: frame.subarray(0, HEAD_BYTES),
    sender: frame.toString("hex", SENDER_AT, EPOCH_AT),
    epoch: frame.subarray(EPOCH_AT, COUNTER_AT),
    counter,
    slots: Array.from({ length: count }, (_, index) => slotAt(frame, SLOTS_AT + 1 + index * SLOT_BYTES)),
    body: frame.subarray(bodyAt),
  };
}

function slotAt(frame: Buffer, at: number): Slot {
  const receiverBytes = frame.subarray(at, at + KEY_ID_BYTES);
  const sealed = frame.subarray(at + KEY_ID_BYTES, at + SLOT_BYTES);
  return { receiver: receiverBytes.toString("hex"), receiverBytes, sealed };
}
