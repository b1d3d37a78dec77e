// One program at the socket: untrusted bytes in, messages out, with a bound on everything.
import type { Socket } from "node:net";
import type { Clock, Message, MessageCodec } from "@systole/sdk";
import { Allowance } from "./allowance.js";
import { frame, FrameReader } from "./frame.js";
import { LIMITS } from "./limits.js";
import type { Credentials } from "./peer-credentials.js";

export interface ClientEvents {
  /** A message of a client. Returns what it costs. */
  readonly message: (client: Client, message: Message) => void;
  /** The connection ended, for whatever reason; called once. */
  readonly gone: (client: Client, reason: string) => void;
}

export interface ClientParts {
  readonly socket: Socket;
  readonly credentials: Credentials;
  readonly codec: MessageCodec;
  readonly clock: Clock;
  readonly events: ClientEvents;
}

/** Messages of which a client may be told: heartbeat's bit for what is new. */
export const FILTER_KEEP = 1;

export class Client {
  /** Undefined until it has signed on. `casual` has no name and may not speak to the cluster. */
  identity: { readonly id: string; readonly casual: boolean; readonly generation: number } | undefined;
  filter = FILTER_KEEP;
  readonly credentials: Credentials;
  private readonly reader = new FrameReader(LIMITS.frameBytes);
  private readonly allowance = new Allowance();
  private cancelTimer: (() => void) | undefined;
  private open = true;
  private reason = "EOF";

  constructor(private readonly parts: ClientParts) {
    const { socket, clock } = parts;
    this.credentials = parts.credentials;
    this.cancelTimer = clock.wakeAt(clock.nowMs() + LIMITS.signOnMs, () => {
      if (this.identity === undefined) this.end("no sign-on in time");
    });
    socket.on("data", (bytes: Buffer) => {
      this.reader.push(bytes);
      this.read();
    });
    socket.on("error", (error) => (this.reason = error.message));
    socket.on("close", () => this.closed());
  }

  /** Queues a message; a client that does not read is dropped. */
  send(message: Message): void {
    if (!this.open) return;
    const { socket, codec } = this.parts;
    socket.write(frame(codec.encode(message)));
    if (socket.writableLength > LIMITS.queueBytes) this.end("it does not read");
  }

  /** What is queued goes out first where the client still reads. */
  end(reason: string): void {
    if (!this.open) return;
    this.reason = reason;
    const { socket } = this.parts;
    this.open = false;
    if (socket.writableLength > LIMITS.queueBytes) socket.destroy();
    else socket.destroySoon();
    this.parts.events.gone(this, reason);
  }

  /** Charges what a message costs beyond the one request that every frame is. */
  charge(cost: number): void {
    this.slowDown(this.allowance.take(cost, this.parts.clock.nowMs()));
  }

  private read(): void {
    const { socket, codec, events } = this.parts;
    while (this.open && !socket.isPaused()) {
      const body = this.reader.next();
      if (body === undefined) return;
      const message = body === "bad" ? undefined : codec.decode(body);
      if (message === undefined) return this.end("what it says is not heartbeat's protocol");
      this.slowDown(this.allowance.take(1, this.parts.clock.nowMs()));
      events.message(this, message);
    }
  }

  private slowDown(waitMs: number): void {
    if (waitMs === 0 || !this.open) return;
    const { socket, clock } = this.parts;
    socket.pause();
    this.cancelTimer?.();
    this.cancelTimer = clock.wakeAt(clock.nowMs() + waitMs, () => {
      if (!this.open) return;
      socket.resume();
      this.read();
    });
  }

  private closed(): void {
    this.cancelTimer?.();
    if (!this.open) return;
    this.open = false;
    this.parts.events.gone(this, this.reason);
  }
}
