// Seals a text for several receivers, and opens one: a content key of its own for each frame, and for each receiver a slot
// that holds it. A slot can be made by its two nodes alone and covers the whole frame, so a receiver cannot speak as the sender.
import { randomBytes } from "node:crypto";
import { decrypt, encrypt } from "./authenticated.js";
import {
  CHALLENGE_BYTES,
  nonceOf,
  SLOT_TEXT_BYTES,
  writeHead,
  type FrameParts,
  type Slot,
} from "./frame-layout.js";
import type { KeyRing } from "./key-ring.js";
import { directionKey, KEY_BYTES, type PublicKey, type SecretKey } from "./node-key.js";

export interface Receiver {
  readonly key: PublicKey;
  readonly echo: Uint8Array;
  readonly challenge: Uint8Array;
}

/** What an authentic frame holds. */
export interface OpenedFrame {
  readonly text: Uint8Array;
  readonly echo: Uint8Array;
  readonly challenge: Uint8Array;
}

/** A content key seals one text, so one nonce is enough. */
const ONLY_NONCE = new Uint8Array(12);

/** Seals with one key of this node, in one start of it. The counter goes with it, so that no nonce is used twice. */
export class FrameCipher {
  readonly #directions = new Map<string, Uint8Array>();
  readonly #heard = new Map<string, { readonly epoch: string; readonly key: Uint8Array }>();

  constructor(
    private readonly ring: KeyRing,
    private readonly epoch: Uint8Array,
  ) {}

  seal(
    own: SecretKey,
    counter: number,
    receivers: readonly Receiver[],
    text: readonly Uint8Array[],
  ): Uint8Array {
    const head = writeHead(own.public.idBytes, this.epoch, counter);
    const contentKey = randomBytes(KEY_BYTES);
    const body = encrypt(contentKey, ONLY_NONCE, [head], text);
    const nonce = nonceOf(head);
    const slots = receivers.flatMap(({ key, echo, challenge }) => [
      key.idBytes,
      encrypt(this.#towards(own, key), nonce, [head, key.idBytes, body], [contentKey, echo, challenge]),
    ]);
    return Buffer.concat([head, Uint8Array.of(receivers.length), ...slots, body]);
  }

  /** Undefined when the frame is not, in every byte that concerns this node, what `sender` has sealed for `own`. */
  open(frame: FrameParts, slot: Slot, sender: PublicKey, own: SecretKey): OpenedFrame | undefined {
    const { head, body } = frame;
    const epoch = Buffer.from(frame.epoch).toString("hex");
    const pair = `${sender.id} ${own.public.id}`;
    const known = this.#heard.get(pair);
    const key =
      known?.epoch === epoch
        ? known.key
        : directionKey(this.ring.agreed(own, sender), frame.epoch, sender, own.public);
    const slotText = decrypt(key, nonceOf(head), [head, slot.receiverBytes, body], slot.sealed);
    if (slotText?.length !== SLOT_TEXT_BYTES) return undefined;
    this.#heard.set(pair, { epoch, key });
    const text = decrypt(slotText.subarray(0, KEY_BYTES), ONLY_NONCE, [head], body);
    if (text === undefined) return undefined;
    return {
      text,
      echo: Uint8Array.from(slotText.subarray(KEY_BYTES, KEY_BYTES + CHALLENGE_BYTES)),
      challenge: Uint8Array.from(slotText.subarray(KEY_BYTES + CHALLENGE_BYTES)),
    };
  }

  #towards(own: SecretKey, receiver: PublicKey): Uint8Array {
    const pair = `${own.public.id} ${receiver.id}`;
    const known = this.#directions.get(pair);
    if (known !== undefined) return known;
    const key = directionKey(this.ring.agreed(own, receiver), this.epoch, own.public, receiver);
    this.#directions.set(pair, key);
    return key;
  }
}
