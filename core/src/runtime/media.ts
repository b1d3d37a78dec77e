// Between the engine's messages and the bytes of the media: signs what leaves, lets nothing in that is not authentic,
// and counts both. The engine never sees a frame that failed here.
import { hasStringForm, openFrame, sealFrame, sealStringFrame } from "../message/index.js";
import {
  SystoleError,
  type Authenticator,
  type EngineEvent,
  type Message,
  type Transport,
} from "../ports/index.js";

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
  readonly authenticator: Authenticator;
  readonly innerSignature: boolean;
  readonly received: (link: string, message: Message) => void;
  readonly event: (event: EngineEvent) => void;
}

export class Media {
  private sent = 0;
  private receivedFrames = 0;
  private readonly refused = new Map<string, number>();
  private readonly failures = new Map<string, number>();
  private readonly failing = new Set<Transport>();
  private open = true;

  constructor(private readonly init: MediaInit) {
    for (const transport of init.transports) {
      transport.attach({
        frame: (bytes, from) => this.incoming(transport, bytes, from),
        failed: (error) => this.note("medium.failed", { medium: transport.medium, reason: error.message }),
      });
    }
  }

  /** Signs once in each form, sends over every medium that is meant. Failures are counted, and logged when they begin and end. */
  send(message: Message, links: readonly string[] | undefined): void {
    if (!this.open) return;
    const targets = this.init.transports.filter((transport) =>
      links === undefined ? transport.supports.probe === undefined : links.includes(transport.medium),
    );
    const { authenticator, innerSignature } = this.init;
    const asLines = targets.filter(({ supports }) => supports.form === "string");
    const asNetstring = targets.filter((transport) => !asLines.includes(transport));
    this.transmitAll(asNetstring, () => sealFrame(message, authenticator, { innerSignature }));
    if (hasStringForm(message)) this.transmitAll(asLines, () => sealStringFrame(message, authenticator));
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

  private transmitAll(transports: readonly Transport[], seal: () => Uint8Array): void {
    if (transports.length === 0) return;
    const frame = seal();
    for (const transport of transports) void this.transmit(transport, frame);
  }

  private async transmit(transport: Transport, frame: Uint8Array): Promise<void> {
    try {
      if (frame.length > transport.supports.maxFrameBytes) {
        throw new SystoleError(
          "FRAME_TOO_LARGE",
          `a frame of ${frame.length} bytes does not fit ${transport.medium}`,
        );
      }
      await transport.send(frame);
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
    const opened = openFrame(bytes, this.init.authenticator);
    if (!opened.ok) {
      this.countRefused(opened.reason);
      this.note("frame.refused", {
        medium: transport.medium,
        from,
        reason: opened.reason,
        bytes: bytes.length,
      });
      return;
    }
    this.receivedFrames += 1;
    this.init.received(transport.medium, opened.message);
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
