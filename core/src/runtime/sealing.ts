// The sealed side of the media: messages into sealed frames for each medium, and back into messages of the node that sealed them.
import {
  armour,
  armouredBytes,
  decodeMessage,
  MAX_FRAME_BYTES,
  packMessage,
  unwrapPayload,
  withoutArmour,
} from "../message/index.js";
import { claimsSealed, SystoleError, textField, type Message, type Sealer } from "../ports/index.js";
import type { Carrier } from "./framing.js";

/** What became of bytes that a medium brought. */
export type Unsealed =
  | { readonly kind: "not-sealed" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "opened"; readonly messages: readonly UnsealedMessage[] };

export type UnsealedMessage =
  | { readonly ok: true; readonly link: string; readonly message: Message }
  | { readonly ok: false; readonly link: string; readonly reason: string };

/** A sealed frame inside the lines of a serial line is at most so much smaller than these. */
const ARMOUR_SHARE = 0.75;
const ARMOUR_BYTES = 32;

export class Sealing {
  constructor(
    private readonly sealer: Sealer,
    private readonly self: string,
    private readonly wholeAboveBytes: number | undefined,
  ) {}

  get sends(): boolean {
    return this.sealer.mode === "permissive" || this.sealer.mode === "enforce";
  }

  get believesSigned(): boolean {
    return this.sealer.mode !== "enforce";
  }

  /** The bytes of a message that all of `targets` can carry when they are sealed; undefined when there are none. */
  pack(message: Message, targets: readonly Carrier[]): Uint8Array | undefined {
    const room = Math.min(MAX_FRAME_BYTES, ...targets.map(roomOf)) - this.sealer.overheadBytes;
    try {
      return packMessage(message, { wholeAboveBytes: this.wholeAboveBytes, maxFrameBytes: room });
    } catch (error) {
      if (error instanceof SystoleError && error.code === "FRAME_TOO_LARGE") return undefined;
      throw error;
    }
  }

  /** A frame for one medium: what one medium carries is never believed on another. */
  seal(packed: Uint8Array, target: Carrier): Uint8Array {
    const { probe } = target.supports;
    return inFormOf(target, this.sealer.seal(packed, probe === undefined ? "peers" : "self"));
  }

  /** A ping node's echo is this node's own word. */
  heardSigned(message: Message, { supports }: Carrier): void {
    if (supports.probe !== undefined) return;
    const node = textField(message, "src")?.toLowerCase();
    if (node !== undefined && node !== this.self) this.sealer.heardSigned(node);
  }

  open(bytes: Uint8Array, { medium, supports }: Carrier): Unsealed {
    if (this.sealer.mode === "off") return { kind: "not-sealed" };
    const frame = claimsSealed(bytes) ? bytes : withoutArmour(bytes);
    if (frame === undefined) return { kind: "not-sealed" };
    const opening = this.sealer.open(frame, medium);
    if (!opening.ok) return { kind: "refused", reason: opening.reason };
    const messages = opening.messages.map(({ node, link, bytes: plain }): UnsealedMessage => {
      const decoded = decodeMessage(plain);
      const opened = decoded.ok ? unwrapPayload(decoded.message) : decoded;
      if (!opened.ok) return { ok: false, link, reason: opened.reason };
      const { message } = opened;
      return this.isOf(node, message, supports.probe)
        ? { ok: true, link, message }
        : { ok: false, link, reason: "wrong-node" };
    });
    return { kind: "opened", messages };
  }

  /** A message is believed of the node alone whose key sealed it; a ping node's echo is what this node sealed for itself. */
  private isOf(node: string, message: Message, probe: string | undefined): boolean {
    const source = textField(message, "src")?.toLowerCase();
    return probe === undefined
      ? source === node && node !== this.self
      : node === this.self && source === probe.toLowerCase();
  }
}

/** A sealed frame in the form that a medium carries. */
export function inFormOf(target: Carrier, frame: Uint8Array): Uint8Array {
  return target.supports.form === "string" ? armour(frame) : frame;
}

/** How large a sealed frame may be that the medium carries. */
function roomOf({ supports: { form, maxFrameBytes } }: Carrier): number {
  if (form !== "string") return maxFrameBytes;
  const room = Math.floor((maxFrameBytes - ARMOUR_BYTES) * ARMOUR_SHARE);
  return armouredBytes(room) <= maxFrameBytes ? room : 0;
}
