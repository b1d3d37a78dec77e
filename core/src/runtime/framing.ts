// Messages as the bytes of each medium, and back: signed or sealed, in the form that the medium carries. Without I/O, so that a
// simulation speaks in the very same bytes.
import { hasStringForm, MAX_FRAME_BYTES, openFrame, packFrame, unwrapPayload } from "../message/index.js";
import {
  SystoleError,
  type Authenticator,
  type Message,
  type Sealer,
  type Transport,
} from "../ports/index.js";
import type { ClusterModel } from "./model.js";
import { Sealing } from "./sealing.js";

/** A medium, as far as the form of its frames goes. */
export type Carrier = Pick<Transport, "medium" | "supports">;

export interface FramingInit {
  /** Absent: only sealed frames are sent and believed. */
  readonly authenticator?: Authenticator | undefined;
  /** Absent: frames are signed only. */
  readonly sealer?: Sealer | undefined;
  /** This node's name. */
  readonly self: string;
  readonly innerSignature: boolean;
  readonly compression: ClusterModel["compression"];
}

/** What became of bytes that a medium brought. */
export type Opened =
  | { readonly ok: true; readonly link: string; readonly message: Message }
  | { readonly ok: false; readonly reason: string };

export interface AddressedFrame<C extends Carrier> {
  readonly to: C;
  readonly bytes: Uint8Array;
}

export interface Frames<C extends Carrier> {
  readonly frames: readonly AddressedFrame<C>[];
  /** It is too large for one of the media: those of the same form are not among the frames. */
  readonly tooLarge: boolean;
}

export class Framing {
  private authenticator: Authenticator | undefined;
  private readonly sealing: Sealing | undefined;
  private readonly wholeAboveBytes: number | undefined;

  constructor(private readonly init: FramingInit) {
    const { authenticator, sealer, compression } = init;
    this.authenticator = authenticator;
    this.wholeAboveBytes = compression?.traditional === true ? compression.thresholdBytes : undefined;
    if (sealer !== undefined) this.sealing = new Sealing(sealer, init.self, this.wholeAboveBytes);
  }

  /** Signs and judges with another one from now on. */
  authenticate(authenticator: Authenticator): void {
    this.authenticator = authenticator;
  }

  /** Whether each of `carriers`, but ping media, can carry the message, compressed if need be. */
  fits(message: Message, carriers: readonly Carrier[]): boolean {
    if (roughBytes(message) < ALWAYS_FITS_BYTES) return true;
    const reaching = carriers.filter(reachesPeers);
    const groups = [reaching.filter(isLine), reaching.filter((carrier) => !isLine(carrier))];
    return groups.every((group) => group.length === 0 || this.pack(message, group) !== undefined);
  }

  /** Signed once in each form, or sealed for each medium. */
  frames<C extends Carrier>(message: Message, targets: readonly C[]): Frames<C> {
    const lines = targets.filter(isLine);
    const others = targets.filter((target) => !isLine(target));
    // What has no string form is for the other media alone; sealed it is no text.
    const carried = this.sealing?.sends === true || hasStringForm(message) ? [others, lines] : [others];
    const framed = carried.map((group) => this.framesOf(message, group));
    return { frames: framed.flatMap((frames) => frames ?? []), tooLarge: framed.includes(undefined) };
  }

  /** Never throws, whatever the bytes are. */
  open(bytes: Uint8Array, carrier: Carrier): readonly Opened[] {
    const unsealed = this.sealing?.open(bytes, carrier);
    if (unsealed?.kind === "refused") return [{ ok: false, reason: unsealed.reason }];
    if (unsealed?.kind === "opened") return unsealed.messages;
    const { authenticator } = this;
    if (authenticator === undefined || this.sealing?.believesSigned === false)
      return [{ ok: false, reason: "not-sealed" }];
    const frame = openFrame(bytes, authenticator);
    const opened = frame.ok ? unwrapPayload(frame.message) : frame;
    if (!opened.ok) return [opened];
    this.sealing?.heardSigned(opened.message, carrier);
    return [{ ok: true, link: carrier.medium, message: opened.message }];
  }

  private framesOf<C extends Carrier>(
    message: Message,
    targets: readonly C[],
  ): readonly AddressedFrame<C>[] | undefined {
    if (targets.length === 0) return [];
    const packed = this.pack(message, targets);
    if (packed === undefined) return undefined;
    const sealing = this.sealing?.sends === true ? this.sealing : undefined;
    return targets.map((to) => ({ to, bytes: sealing === undefined ? packed : sealing.seal(packed, to) }));
  }

  /**
   * The frame that all of `targets`, either lines or none of them, can carry, not yet sealed; undefined when there is none. While keys are being changed it has string
   * form, because heartbeat verifies the other form with its own key instead of the one that a signature names.
   */
  private pack(message: Message, targets: readonly Carrier[]): Uint8Array | undefined {
    const { authenticator } = this;
    if (this.sealing?.sends === true) return this.sealing.pack(message, targets);
    if (authenticator === undefined) return undefined;
    try {
      return packFrame(message, authenticator, {
        innerSignature: this.init.innerSignature,
        stringForm: authenticator.supports.rotating === true || targets.some(isLine),
        wholeAboveBytes: this.wholeAboveBytes,
        maxFrameBytes: Math.min(MAX_FRAME_BYTES, ...targets.map(({ supports }) => supports.maxFrameBytes)),
      });
    } catch (error) {
      if (error instanceof SystoleError && error.code === "FRAME_TOO_LARGE") return undefined;
      throw error;
    }
  }
}

/** Anything smaller fits every medium there is, whatever its form and its signatures add. */
const ALWAYS_FITS_BYTES = 1024;

/** Carries lines of text instead of datagrams: a serial line. */
function isLine({ supports }: Carrier): boolean {
  return supports.form === "string";
}

/** It carries more than the echoes of a ping node. */
export function reachesPeers({ supports }: Carrier): boolean {
  return supports.probe === undefined;
}

/** An estimate that costs nothing beside encoding. */
function roughBytes(message: Message): number {
  let bytes = 0;
  for (const { name, value } of message.fields) {
    if (typeof value !== "string" && !(value instanceof Uint8Array)) return Number.POSITIVE_INFINITY;
    bytes += name.length + value.length;
  }
  return bytes;
}
