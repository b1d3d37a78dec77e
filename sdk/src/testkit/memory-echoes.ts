// ICMP in memory: hosts that answer an echo, or no longer do.
import { SystoleError, type EchoReply, type EchoSocket } from "@systole/core/ports";

/** Answers arrive in a microtask. A request to a host that does not answer is lost, as on a network. */
export class MemoryEchoes {
  /** Addresses that answer. */
  readonly answering = new Set<string>();
  /** False plays a process that may not open ICMP sockets. */
  permitted = true;
  readonly #open = new Set<object>();

  /** Sockets that are not closed: none should be left when everything is stopped. */
  get openSockets(): number {
    return this.#open.size;
  }

  open(signal: AbortSignal): EchoSocket {
    signal.throwIfAborted();
    if (!this.permitted) throw new SystoleError("NETWORK_UNSUPPORTED", "This process may not send ICMP.");
    const listeners: ((reply: EchoReply) => void)[] = [];
    const socket: EchoSocket = {
      send: async (address, sequence, data) => {
        if (!this.#open.has(socket)) throw new SystoleError("TRANSPORT_SEND_FAILED", "The socket is closed.");
        if (!this.answering.has(address)) return;
        const reply = { from: address, sequence: sequence % 65_536, data: data.slice() };
        queueMicrotask(() => {
          if (this.#open.has(socket)) for (const listener of listeners) listener(reply);
        });
      },
      onReply: (listener) => void listeners.push(listener),
      close: async () => void this.#open.delete(socket),
    };
    this.#open.add(socket);
    return socket;
  }
}
