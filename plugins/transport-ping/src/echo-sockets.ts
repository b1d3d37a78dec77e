// The echo sockets of one ping node, one a family, opened when a host of that family is known.
import type { EchoReply, EchoSocket, IpFamily, NetworkSockets } from "@systole/sdk";

/** Pause after a socket could not be opened. */
const OPEN_AGAIN_AFTER_MS = 10_000;

export class EchoSockets {
  readonly #sockets: NetworkSockets;
  readonly #onReply: (reply: EchoReply) => void;
  readonly #open = new Map<IpFamily, EchoSocket>();
  readonly #opening = new Map<IpFamily, Promise<void>>();
  readonly #refusedAtMs = new Map<IpFamily, number>();
  readonly #closing = new AbortController();

  constructor(sockets: NetworkSockets, onReply: (reply: EchoReply) => void) {
    this.#sockets = sockets;
    this.#onReply = onReply;
  }

  get(family: IpFamily): EchoSocket | undefined {
    return this.#open.get(family);
  }

  /** Rejects with the network's error, and for a while after that does nothing. */
  async ensure(family: IpFamily, nowMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#open.has(family) || this.#closing.signal.aborted) return;
    const refusedAtMs = this.#refusedAtMs.get(family) ?? -Infinity;
    if (nowMs < refusedAtMs + OPEN_AGAIN_AFTER_MS) return;
    const opening = this.#opening.get(family) ?? this.#openOne(family, nowMs, signal);
    this.#opening.set(family, opening);
    await opening;
  }

  /** Closes all, also what is being opened. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#opening.values());
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map((socket) => socket.close()));
  }

  async #openOne(family: IpFamily, nowMs: number, signal: AbortSignal | undefined): Promise<void> {
    const ends = signal === undefined ? [this.#closing.signal] : [this.#closing.signal, signal];
    try {
      const socket = await this.#sockets.openEcho(family, AbortSignal.any(ends));
      socket.onReply((reply) => {
        if (!this.#closing.signal.aborted) this.#onReply(reply);
      });
      this.#open.set(family, socket);
    } catch (error) {
      this.#refusedAtMs.set(family, nowMs);
      throw error;
    } finally {
      this.#opening.delete(family);
    }
  }
}
