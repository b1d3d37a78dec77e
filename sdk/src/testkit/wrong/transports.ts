// Media that are wrong on purpose.
import { SystoleError, type FrameReceiver, type Transport } from "@systole/core/ports";
import type { SubjectSource } from "../contract.js";
import type { TransportLink, TransportSubject } from "../transport-contract.js";
import type { ContractTrial, WrongSubject } from "./contract-trial.js";

const MAX_FRAME_BYTES = 65507;

type Hub = Set<SoundTransport>;

/** A faultless medium within one process. Its faulty children change one step each. */
class SoundTransport implements Transport {
  readonly medium: string = "memory";
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

class Nameless extends SoundTransport {
  override readonly medium = "";
}

/** Splits what does not fit a packet of the Ethernet. */
class Splitting extends SoundTransport {
  protected override onTheWire(frame: Uint8Array): readonly Uint8Array[] {
    const parts = [];
    for (let at = 0; at < frame.byteLength; at += 1400) parts.push(frame.slice(at, at + 1400));
    return parts;
  }
}

/** Takes a frame for a C string. */
class EndingAtZero extends SoundTransport {
  protected override onTheWire(frame: Uint8Array): readonly Uint8Array[] {
    const end = frame.indexOf(0);
    return [end === -1 ? frame.slice() : frame.slice(0, end)];
  }
}

/** Takes a frame for text. */
class DecodingText extends SoundTransport {
  protected override onTheWire(frame: Uint8Array): readonly Uint8Array[] {
    return [new TextEncoder().encode(new TextDecoder().decode(frame))];
  }
}

/** Sends the caller's buffer later instead of a copy now. */
class KeepingTheBuffer extends SoundTransport {
  protected override onTheWire(frame: Uint8Array): readonly Uint8Array[] {
    return [frame];
  }
}

/** Listens from the moment a receiver is attached, and for ever. */
class AlwaysListening extends SoundTransport {
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
class Swallowing extends SoundTransport {
  override async send(frame: Uint8Array): Promise<void> {
    if (this.started && frame.byteLength <= MAX_FRAME_BYTES) await super.send(frame);
  }
}

/** Falls silent after the first exception of its receiver. */
class Fragile extends SoundTransport {
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
class Hanging extends SoundTransport {
  override async start(signal: AbortSignal): Promise<void> {
    if (signal.aborted) await new Promise(() => undefined);
    await super.start(signal);
  }
}

/** Does not look at the signal of start. */
class Deaf extends SoundTransport {
  override start(): Promise<void> {
    return super.start(new AbortController().signal);
  }
}

/** A second stop is an error to it. */
class StrictAboutStop extends SoundTransport {
  override async stop(): Promise<void> {
    if (!this.started) throw new Error("not started");
    await super.stop();
  }
}

function source(
  make: (hub: Hub) => SoundTransport,
  patience: Pick<TransportSubject, "arrivesWithinMs" | "silenceMs"> = {},
): SubjectSource<TransportSubject> {
  const open = async (): Promise<TransportLink> => {
    const hub: Hub = new Set();
    return { sender: make(hub), receiver: make(hub), close: async () => hub.clear() };
  };
  return { open: () => ({ offers: ["two-ends"], open, ...patience }) };
}

function wrong(
  name: string,
  Made: new (hub: Hub) => SoundTransport,
  ...caughtBy: string[]
): WrongSubject<TransportSubject> {
  return { name, source: source((hub) => new Made(hub), { arrivesWithinMs: 150, silenceMs: 20 }), caughtBy };
}

export const transports: ContractTrial<TransportSubject> = {
  right: source((hub) => new SoundTransport(hub)),
  wrong: [
    wrong("has no name", Nameless, "describes-itself"),
    wrong("splits frames", Splitting, "largest-frame"),
    wrong(
      "takes a frame for a C string",
      EndingAtZero,
      "any-bytes",
      "zero-filled",
      "largest-frame",
      "many-frames",
      "buffer-is-the-senders",
    ),
    wrong("takes a frame for text", DecodingText, "one-byte", "any-bytes", "largest-frame", "many-frames"),
    wrong("sends the caller's buffer later", KeepingTheBuffer, "buffer-is-the-senders"),
    wrong("listens always", AlwaysListening, "silent-before-start", "silent-after-stop"),
    wrong("drops what it cannot send", Swallowing, "too-large", "send-needs-start"),
    wrong("falls silent when its receiver throws", Fragile, "receiver-throws"),
    wrong("hangs in an aborted start", Hanging, "start-aborts"),
    wrong("does not look at the signal of start", Deaf, "start-aborts"),
    wrong("minds a second stop", StrictAboutStop, "stop-any-time"),
  ],
};
