// What a node says of itself inside every sealed frame, before the message: how it speaks, and which keys are its own.
import type { SealMode } from "@systole/sdk";
import { MAX_NODE_KEYS } from "./limits.js";
import { KEY_BYTES } from "./node-key.js";

/** Their places are their numbers on the wire. */
const MODES: readonly SealMode[] = ["off", "receive-only", "permissive", "enforce"];
const MODE_BITS = 0x0f;
const WANTS_ANSWER = 0x80;

export interface Notice {
  readonly mode: SealMode;
  /** The sender wants to be greeted, to see that it was understood. */
  readonly wantsAnswer: boolean;
  /** Every public key of the sender that counts, the newest last. */
  readonly keys: readonly Uint8Array[];
}

export function noticeBytes(keys: number): number {
  return 2 + keys * KEY_BYTES;
}

export function writeNotice({ mode, wantsAnswer, keys }: Notice): Uint8Array {
  const first = MODES.indexOf(mode) | (wantsAnswer ? WANTS_ANSWER : 0);
  return Buffer.concat([Uint8Array.of(first, keys.length), ...keys]);
}

/** The notice and the message behind it, which is empty in a greeting. Undefined when it is none. */
export function readNotice(text: Uint8Array): { notice: Notice; message: Uint8Array } | undefined {
  const [first = 0, count = 0] = text;
  const mode = MODES[first & MODE_BITS];
  const end = noticeBytes(count);
  if (mode === undefined || count < 1 || count > MAX_NODE_KEYS || text.length < end) return undefined;
  const keys = Array.from({ length: count }, (_, index) =>
    Uint8Array.from(text.subarray(noticeBytes(index), noticeBytes(index + 1))),
  );
  const wantsAnswer = (first & WANTS_ANSWER) !== 0;
  return { notice: { mode, wantsAnswer, keys }, message: Uint8Array.from(text.subarray(end)) };
}
