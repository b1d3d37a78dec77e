// A network in memory: every frame's fate is decided by the test, so loss, delay, repetition and cuts are exact.
import { SystoleError, type FrameReceiver, type Transport } from "@systole/core/ports";

/** One frame on its way to one receiver. */
export interface Flight {
  readonly from: string;
  readonly to: string;
  readonly medium: string;
  readonly frame: Uint8Array;
}

export type Fate = "deliver" | "drop" | "hold" | "repeat";

interface Held {
  readonly flight: Flight;
  readonly deliver: () => void;
}

/** At most so many frames are held back; the oldest is lost then. */
const MAX_HELD_FRAMES = 10_000;

/** Connects transports of the same medium name. What is sent arrives in a microtask, unless `fate` says otherwise. */
export class MemoryHub {
  /** Asked for each frame and each receiver. Cuts come first. */
  fate: (flight: Flight) => Fate = () => "deliver";
  readonly #transports = new Set<MemoryTransport>();
  readonly #cuts = new Set<string>();
  readonly #held: Held[] = [];

  /** A transport of `node` on `medium`. One pair of names is one plug: making it again replaces nothing. */
  transport(
    node: string,
    medium: string,
    options: { readonly maxFrameBytes?: number } = {},
  ): MemoryTransport {
    const transport = new MemoryTransport(node, medium, options.maxFrameBytes ?? 65_507, (frame) =>
      this.#carry(transport, frame),
    );
    this.#transports.add(transport);
    return transport;
  }

  /** Nothing passes from `from` to `to` any more; without a medium, on none. One direction: cut both for a partition. */
  cut(from: string, to: string, medium = "*"): void {
    this.#cuts.add(cutKey(from, to, medium));
  }

  /** Undoes every cut. */
  heal(): void {
    this.#cuts.clear();
  }

  /** Frames that are held back, oldest first. */
  get held(): readonly Flight[] {
    return this.#held.map(({ flight }) => flight);
  }

  /** Delivers what is held, oldest first; with `matches`, only what it picks. Another order than sent is reordering. */
  release(matches: (flight: Flight) => boolean = () => true): void {
    const going = this.#held.filter(({ flight }) => matches(flight));
    for (const held of going) {
      this.#held.splice(this.#held.indexOf(held), 1);
      queueMicrotask(held.deliver);
    }
  }

  #carry(sender: MemoryTransport, frame: Uint8Array): void {
    for (const receiver of this.#transports) {
      if (receiver === sender || receiver.medium !== sender.medium) continue;
      const { medium } = sender;
      const flight: Flight = { from: sender.node, to: receiver.node, medium, frame: frame.slice() };
      this.#decide(flight, () => receiver.arrive(flight.frame.slice(), flight.from));
    }
  }

  #decide(flight: Flight, deliver: () => void): void {
    const { from, to, medium } = flight;
    if (this.#cuts.has(cutKey(from, to, "*")) || this.#cuts.has(cutKey(from, to, medium))) return;
    const fate = this.fate(flight);
    switch (fate) {
      case "drop":
        return;
      case "hold":
        this.#held.push({ flight, deliver });
        if (this.#held.length > MAX_HELD_FRAMES) this.#held.shift();
        return;
      case "repeat":
        queueMicrotask(deliver);
        queueMicrotask(deliver);
        return;
      case "deliver":
        queueMicrotask(deliver);
        return;
      default:
        fate satisfies never;
    }
  }
}

function cutKey(from: string, to: string, medium: string): string {
  return JSON.stringify([from, to, medium]);
}

/** One node's plug in a hub. */
export class MemoryTransport implements Transport {
  readonly node: string;
  readonly medium: string;
  readonly supports: { readonly maxFrameBytes: number };
  /** Every frame that was sent, oldest first. */
  readonly sent: Uint8Array[] = [];
  readonly #carry: (frame: Uint8Array) => void;
  #receiver: FrameReceiver | undefined;
  #running = false;

  constructor(node: string, medium: string, maxFrameBytes: number, carry: (frame: Uint8Array) => void) {
    this.node = node;
    this.medium = medium;
    this.supports = { maxFrameBytes };
    this.#carry = carry;
  }

  attach(receiver: FrameReceiver): void {
    this.#receiver = receiver;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#running = true;
  }

  async stop(): Promise<void> {
    this.#running = false;
  }

  async send(frame: Uint8Array): Promise<void> {
    if (!this.#running)
      throw new SystoleError("TRANSPORT_SEND_FAILED", `${this.medium} of ${this.node} does not run.`);
    const { maxFrameBytes } = this.supports;
    if (frame.length > maxFrameBytes)
      throw new SystoleError("FRAME_TOO_LARGE", `${frame.length} bytes on a medium for ${maxFrameBytes}.`);
    this.sent.push(frame.slice());
    this.#carry(frame);
  }

  /** What the hub calls; a test may call it to forge a frame. */
  arrive(frame: Uint8Array, from: string): void {
    if (this.#running) this.#receiver?.frame(frame, from);
  }

  /** Reports a fault of the medium. */
  break(error: Error): void {
    if (this.#running) this.#receiver?.failed(error);
  }
}
