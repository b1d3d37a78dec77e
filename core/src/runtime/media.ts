// Between the engine's messages and the bytes of the media: signs or seals what leaves, lets nothing in that is not
// authentic, and counts both. The engine never sees a frame that failed here.
import {
  textField,
  type Authenticator,
  type EngineEvent,
  type FrameKind,
  type Message,
  type Transport,
} from "../ports/index.js";
import { Framing, reachesPeers, type FramingInit } from "./framing.js";
import { inFormOf } from "./sealing.js";

export interface Counters {
  readonly framesSent: number;
  readonly framesReceived: number;
  /** Frames that changed nothing, by the reason. */
  readonly framesRefused: Readonly<Record<string, number>>;
  /** Sends that failed, by medium. */
  readonly sendFailures: Readonly<Record<string, number>>;
}

export interface MediaInit extends FramingInit {
  readonly transports: readonly Transport[];
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
  private readonly framing: Framing;
  private open = true;

  constructor(private readonly init: MediaInit) {
    this.framing = new Framing(init);
    init.sealer?.attach({ send: (frame) => this.greet(frame) });
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
    this.framing.authenticate(authenticator);
  }

  /** Whether every medium, but ping media, can carry the message, compressed if need be. */
  fits(message: Message): boolean {
    return this.framing.fits(message, this.init.transports);
  }

  /**
   * Sends over every medium that is meant. Failures are counted, and logged when they begin and end. A message that is too large for
   * one of these media is not sent at all.
   */
  send(message: Message, links: readonly string[] | undefined): void {
    if (!this.open) return;
    const targets = this.init.transports.filter((transport) =>
      links === undefined ? reachesPeers(transport) : links.includes(transport.medium),
    );
    const type = textField(message, "t");
    const { frames, tooLarge } = this.framing.frames(message, targets);
    if (tooLarge) this.note("message.too-large", { type }, "error");
    const kind = type === "status" ? "pulse" : "word";
    for (const { to, bytes } of frames) void this.transmit(to, bytes, kind);
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

  /** What the sealer has to say to the peers' sealers. */
  private greet(frame: Uint8Array): void {
    if (!this.open) return;
    for (const transport of this.init.transports.filter(reachesPeers))
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
    for (const opened of this.framing.open(bytes, transport)) {
      if (opened.ok) this.believe(opened.link, opened.message);
      else refuse(opened.reason);
    }
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

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
