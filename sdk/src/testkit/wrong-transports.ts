// Media that are wrong on purpose, with the cases that must catch each: they test the contract itself.
import { SystoleError, type FrameReceiver, type Transport } from "@systole/core/ports";
import type { TransportLink, TransportSubject } from "./transport-contract.js";

const MAX_FRAME_BYTES = 65507;

type Hub = Set<MemoryTransport>;

/** A faultless medium within one process. Its faulty children change one step each. */
export class MemoryTransport implements Transport {
  readonly medium = "memory";
  readonly supports = { maxFrameBytes: MAX_FRAME_BYTES };
  protected receiver: FrameReceiver | undefined;
  protected started = false;

  constructor(protected readonly hub: Hub) {}

  attach(receiver: FrameReceiver): void {
    this.receiver = receiver;
  }

  async start(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new SystoleError("TRANSPORT_START_FAILED", "The start was aborted.");
    this.hub.add(this);
    this.started = true;
  }

  async stop(): Promise<void> {
    this.started = false;
    this.hub.delete(this);
  }

  async send(frame: Uint8Array): Promise<void> {
    if (!this.started) throw new SystoleError("TRANSPORT_SEND_FAILED", "The medium is not started.");
    if (frame.byteLength > MAX_FRAME_BYTES)
      throw new SystoleError("FRAME_TOO_LARGE", "The frame is too large.");
    for (const frameOnTheWire of this.onTheWire(frame)) {
      for (const other of this.hub) if (other !== this) setImmediate(() => other.hear(frameOnTheWire));
    }
  }

  hear(frame: Uint8Array): void {
    if (!this.started) return;
    try {
      this.receiver?.frame(frame, "memory");
    } catch {
      this.receiver?.failed(new Error("The receiver threw."));
    }
  }

  protected onTheWire(frame: Uint8Array): readonly Uint8Array[] {
    return [Uint8Array.from(frame)];
  }
}

/** Splits what does not fit a packet of the Ethernet. */
class Splitting extends MemoryTransport {
  protected override onTheWire(frame: Uint8Array): readonly Uint8Array[] {
    const parts = [];
    for (let at = 0; at < frame.byteLength; at += 1400) parts.push(frame.slice(at, at + 1400));
    return parts;
  }
}

/** Takes a frame for a C string. */
class EndingAtZero extends MemoryTransport {
  protected override onTheWire(frame: Uint8Array): readonly Uint8Array[] {
    const end = frame.indexOf(0);
    return [end === -1 ? frame.slice() : frame.slice(0, end)];
  }
}

/** Takes a frame for text. */
class DecodingText extends MemoryTransport {
  protected override onTheWire(frame: Uint8Array): readonly Uint8Array[] {
    return [new TextEncoder().encode(new TextDecoder().decode(frame))];
  }
}

/** Sends the caller's buffer later instead of a copy now. */
class KeepingTheBuffer extends MemoryTransport {
  protected override onTheWire(frame: Uint8Array): readonly Uint8Array[] {
    return [frame];
  }
}

/** Listens from the moment a receiver is attached, and for ever. */
class AlwaysListening extends MemoryTransport {
  override attach(receiver: FrameReceiver): void {
    super.attach(receiver);
    this.hub.add(this);
  }

  override async stop(): Promise<void> {
    this.started = false;
  }

  override hear(frame: Uint8Array): void {
    try {
      this.receiver?.frame(frame, "memory");
    } catch {
      this.receiver?.failed(new Error("The receiver threw."));
    }
  }
}

/** Drops what it cannot send, and says that all is well. */
class Swallowing extends MemoryTransport {
  override async send(frame: Uint8Array): Promise<void> {
    if (this.started && frame.byteLength <= MAX_FRAME_BYTES) await super.send(frame);
  }
}

/** Falls silent after the first exception of its receiver. */
class Fragile extends MemoryTransport {
  override hear(frame: Uint8Array): void {
    if (!this.started) return;
    try {
      this.receiver?.frame(frame, "memory");
    } catch {
      this.hub.delete(this);
    }
  }
}

/** Waits for ever in an aborted start, and in the stop of what was not started. */
class Hanging extends MemoryTransport {
  override async start(signal: AbortSignal): Promise<void> {
    if (signal.aborted) await new Promise(() => undefined);
    await super.start(signal);
  }
}

/** Does not look at the signal of start. */
class Deaf extends MemoryTransport {
  override start(): Promise<void> {
    return super.start(new AbortController().signal);
  }
}

/** A second stop is an error to it. */
class StrictAboutStop extends MemoryTransport {
  override async stop(): Promise<void> {
    if (!this.started) throw new Error("not started");
    await super.stop();
  }
}

export interface WrongTransport {
  readonly name: string;
  readonly subject: TransportSubject;
  /** Cases of the contract that must fail for it; others may fail too. */
  readonly caughtBy: readonly string[];
}

export function memorySubject(
  make: (hub: Hub) => MemoryTransport,
  patience: Pick<TransportSubject, "arrivesWithinMs" | "silenceMs"> = {},
): TransportSubject {
  const open = async (): Promise<TransportLink> => {
    const hub: Hub = new Set();
    return { sender: make(hub), receiver: make(hub), close: async () => hub.clear() };
  };
  return { offers: ["two-ends"], open, ...patience };
}

function wrong(Made: new (hub: Hub) => MemoryTransport, ...caughtBy: string[]): WrongTransport {
  const subject = memorySubject((hub) => new Made(hub), { arrivesWithinMs: 150, silenceMs: 20 });
  return { name: Made.name, subject, caughtBy };
}

export const wrongTransports: readonly WrongTransport[] = [
  wrong(Splitting, "largest-frame"),
  wrong(EndingAtZero, "any-bytes", "zero-filled", "largest-frame", "many-frames", "buffer-is-the-senders"),
  wrong(DecodingText, "one-byte", "any-bytes", "largest-frame", "many-frames", "buffer-is-the-senders"),
  wrong(KeepingTheBuffer, "buffer-is-the-senders"),
  wrong(AlwaysListening, "silent-before-start", "silent-after-stop"),
  wrong(Swallowing, "too-large", "send-needs-start"),
  wrong(Fragile, "receiver-throws"),
  wrong(Hanging, "start-aborts"),
  wrong(Deaf, "start-aborts"),
  wrong(StrictAboutStop, "stop-any-time"),
];
