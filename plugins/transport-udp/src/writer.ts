// Sends one medium's frames. As heartbeat does it, from a socket of its own with any free port.
import type { RemoteInfo, Socket } from "node:dgram";
import type { NetworkSockets } from "@systole/sdk";
import type { Medium } from "./config.js";
import { destination, writerPlan, type Binding, type InterfaceFacts } from "./plan.js";
import { SocketSet, type Outcome } from "./socket-set.js";

/** Frames that wait for room in the kernel's buffer. More would only arrive too late to be of use. */
const MAX_PENDING_SENDS = 256;

export class Writer {
  readonly #medium: Medium;
  readonly #sockets: SocketSet;
  readonly #pending = new Set<(error: Error) => void>();
  #destination: string | undefined;

  constructor(
    medium: Medium,
    sockets: NetworkSockets,
    events: { message(bytes: Uint8Array, from: RemoteInfo): void; lost(error: Error): void },
  ) {
    this.#medium = medium;
    this.#sockets = new SocketSet(sockets, events);
  }

  async fit(facts: InterfaceFacts, binding: Binding): Promise<Outcome> {
    this.#destination = destination(this.#medium, facts);
    const plan = writerPlan(this.#medium, facts, binding);
    return this.#sockets.become(plan === undefined ? [] : [plan]);
  }

  /** Resolves when the kernel took the frame, rejects with the system's error. */
  send(frame: Uint8Array): Promise<void> {
    const [socket] = this.#sockets.sockets;
    const address = this.#destination;
    if (socket === undefined || address === undefined) return Promise.reject(new Error("no socket is open"));
    if (this.#pending.size >= MAX_PENDING_SENDS) {
      return Promise.reject(new Error(`${MAX_PENDING_SENDS} frames wait to be sent already`));
    }
    return this.#send(socket, frame, address);
  }

  async close(): Promise<void> {
    await this.#sockets.close();
    for (const reject of this.#pending) reject(new Error("the medium was stopped"));
    this.#pending.clear();
  }

  #send(socket: Socket, frame: Uint8Array, address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      // Kept, because dgram forgets the callback of a send whose socket is closed one turn later.
      this.#pending.add(reject);
      const done = (error: Error | null): void => {
        this.#pending.delete(reject);
        if (error === null) resolve();
        else reject(error);
      };
      try {
        socket.send(frame, this.#medium.port, address, done);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }
}
