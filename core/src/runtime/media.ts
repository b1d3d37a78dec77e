// Between the engine's messages and the bytes of the media: signs or seals what leaves, lets nothing in that is not
// authentic, and counts both. The engine never sees a frame that failed here.
import { hasStringForm, MAX_FRAME_BYTES, openFrame, packFrame, unwrapPayload } from "../message/index.js";
import {
  SystoleError,
  textField,
  type Authenticator,
  type EngineEvent,
  type FrameKind,
  type Message,
  type Sealer,
  type Transport,
} from "../ports/index.js";
import type { ClusterModel } from "./model.js";
import { inFormOf, Sealing } from "./sealing.js";

export interface Counters {
  readonly framesSent: number;
  readonly framesReceived: number;
  /** Frames that changed nothing, by the reason. */
  readonly framesRefused: Readonly<Record<string, number>>;
  /** Sends that failed, by medium. */
  readonly sendFailures: Readonly<Record<string, number>>;
}

export interface MediaInit {
  readonly transports: readonly Transport[];
  /** Absent: only sealed frames are sent and believed. */
  readonly authenticator?: Authenticator | undefined;
  /** Absent: frames are signed only. */
  readonly sealer?: Sealer | undefined;
  /** This node's name. */
  readonly self: string;
  readonly innerSignature: boolean;
  readonly compression: ClusterModel["compression"];
  readonly received: (link: string, message: Message) => void;
  /** A medium thinks that a node has gone from it. */
  readonly hinted?: undefined | ((link: string, node: string) => void);
  readonly event: (event: EngineEvent) => void;
}

export class Media {
  private sent = 0;
  private receivedFrames = 0;
  private readonly refused = new Map<string, number>();
  private readonly failures = new Map<string, number>();
  private readonly failing = new Set<Transport>();
  private authenticator: Authenticator | undefined;
  private readonly sealing: Sealing | undefined;
  private readonly wholeAboveBytes: number | undefined;
  private open = true;

  constructor(private readonly init: MediaInit) {
    const { authenticator, sealer, compression } = init;
    this.authenticator = authenticator;
    this.wholeAboveBytes = compression?.traditional === true ? compression.thresholdBytes : undefined;
    if (sealer !== undefined) {
      this.sealing = new Sealing(sealer, init.self, this.wholeAboveBytes);
      sealer.attach({ send: (frame) => this.greet(frame) });
    }
    for (const transport of init.transports) {
      transport.attach({
        frame: (bytes, from) => this.incoming(transport, bytes, from),
        hinted: (node) => this.open && init.hinted?.(transport.medium, node.toLowerCase()),
        refused: (reason, from) => this.refuse({ medium: transport.medium, from, reason }),
        failed: (error) => this.note("medium.failed", { medium: transport.medium, reason: error.message }),
      });
    }
  }

  /** Signs and judges with another one from now on. */
  authenticate(authenticator: Authenticator): void {
    this.authenticator = authenticator;
  }

  /** Whether every medium, but ping media, can carry the message, compressed if need be. */
  fits(message: Message): boolean {
    if (roughBytes(message) < ALWAYS_FITS_BYTES) return true;
    const carriers = this.init.transports.filter(isCarrier);
    const groups = [carriers.filter(isLine), carriers.filter((transport) => !isLine(transport))];
    return groups.every((group) => group.length === 0 || this.pack(message, group) !== undefined);
  }

  /**
   * Signs once in each form, or seals for each medium, sends over every medium that is meant. Failures are counted, and logged when they begin and end. A
   * message that is too large for one of these media is not sent at all.
   */
  send(message: Message, links: readonly string[] | undefined): void {
    if (!this.open) return;
    const targets = this.init.transports.filter((transport) =>
      links === undefined ? isCarrier(transport) : links.includes(transport.medium),
    );
    const lines = targets.filter(isLine);
    this.transmitAll(
      targets.filter((transport) => !isLine(transport)),
      message,
    );
    // What has no string form is for the other media alone; sealed it is no text.
    if (this.sealing?.sends === true || hasStringForm(message)) this.transmitAll(lines, message);
  }

  /**
   * The frame that all of `targets`, either lines or none of them, can carry, not yet sealed; undefined when there is none. While keys are being changed it has string
   * form, because heartbeat verifies the other form with its own key instead of the one that a signature names.
   */
  private pack(message: Message, targets: readonly Transport[]): Uint8Array | undefined {
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

  /** Nothing is sent or taken in any more. */
  close(): void {
    this.open = false;
  }

  /** A frame that was authentic and yet changed nothing: replayed, foreign, incomplete. */
  countRefused(reason: string): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }

  counters(): Counters {
    return {
      framesSent: this.sent,
      framesReceived: this.receivedFrames,
      framesRefused: Object.fromEntries(this.refused),
      sendFailures: Object.fromEntries(this.failures),
    };
  }

  private transmitAll(transports: readonly Transport[], message: Message): void {
    if (transports.length === 0) return;
    const packed = this.pack(message, transports);
    if (packed === undefined)
      return this.note("message.too-large", { type: textField(message, "t") }, "error");
    const sealing = this.sealing?.sends === true ? this.sealing : undefined;
    const kind = textField(message, "t") === "status" ? "pulse" : "word";
    for (const transport of transports)
      void this.transmit(transport, sealing === undefined ? packed : sealing.seal(packed, transport), kind);
  }

  /** What the sealer has to say to the peers' sealers. */
  private greet(frame: Uint8Array): void {
    if (!this.open) return;
    for (const transport of this.init.transports.filter(isCarrier))
      void this.transmit(transport, inFormOf(transport, frame), "word");
  }

  private async transmit(transport: Transport, frame: Uint8Array, kind: FrameKind): Promise<void> {
    try {
      await transport.send(frame, kind);
      this.sent += 1;
      if (this.failing.delete(transport)) this.note("medium.recovered", { medium: transport.medium }, "info");
    } catch (error) {
      this.failures.set(transport.medium, (this.failures.get(transport.medium) ?? 0) + 1);
      if (this.failing.has(transport)) return;
      this.failing.add(transport);
      this.note("medium.send-failed", { medium: transport.medium, reason: reasonOf(error) });
    }
  }

  private incoming(transport: Transport, bytes: Uint8Array, from: string): void {
    if (!this.open) return;
    const refuse = (reason: string) =>
      this.refuse({ medium: transport.medium, from, reason, bytes: bytes.length });
    const unsealed = this.sealing?.open(bytes, transport);
    if (unsealed?.kind === "refused") return refuse(unsealed.reason);
    if (unsealed?.kind === "opened") {
      for (const one of unsealed.messages) {
        if (one.ok) this.believe(one.link, one.message);
        else refuse(one.reason);
      }
      return;
    }
    const { authenticator } = this;
    if (authenticator === undefined || this.sealing?.believesSigned === false) return refuse("not-sealed");
    const frame = openFrame(bytes, authenticator);
    const opened = frame.ok ? unwrapPayload(frame.message) : frame;
    if (!opened.ok) return refuse(opened.reason);
    this.sealing?.heardSigned(opened.message, transport);
    this.believe(transport.medium, opened.message);
  }

  private believe(link: string, message: Message): void {
    this.receivedFrames += 1;
    this.init.received(link, message);
  }

  private refuse(fields: { readonly reason: string } & Readonly<Record<string, unknown>>): void {
    this.countRefused(fields.reason);
    this.note("frame.refused", fields);
  }

  private note(
    name: string,
    fields: Readonly<Record<string, unknown>>,
    level: EngineEvent["level"] = "warn",
  ): void {
    this.init.event({ name, level, fields });
  }
}

/** Anything smaller fits every medium there is, whatever its form and its signatures add. */
const ALWAYS_FITS_BYTES = 1024;

/** Carries lines of text instead of datagrams: a serial line. */
function isLine(transport: Transport): boolean {
  return transport.supports.form === "string";
}

function isCarrier(transport: Transport): boolean {
  return transport.supports.probe === undefined;
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

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
