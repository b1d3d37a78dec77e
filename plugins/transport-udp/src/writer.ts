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
  /** Sends under way, with the socket that has them: dgram forgets the callback when that is closed at once. */
  readonly #pending = new Map<(error: Error) => void, Socket>();
  #destination: string | undefined;

  constructor(
    medium: Medium,
    sockets: NetworkSockets,
    events: { message(bytes: Uint8Array, from: RemoteInfo): void; lost(error: Error): void },
  ) {
    this.#medium = medium;
    this.#sockets = new SocketSet(sockets, {
      message: events.message,
      lost: (error) => {
        this.#giveUpOrphans();
        events.lost(error);
      },
    });
  }

  async fit(facts: InterfaceFacts, binding: Binding): Promise<Outcome> {
    this.#destination = destination(this.#medium, facts);
    const plan = writerPlan(this.#medium, facts, binding);
    const outcome = await this.#sockets.become(plan === undefined ? [] : [plan]);
    this.#giveUpOrphans();
    return outcome;
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
    this.#giveUpOrphans();
  }

  #giveUpOrphans(): void {
    const open = new Set(this.#sockets.sockets);
    for (const [reject, socket] of this.#pending) {
      if (open.has(socket)) continue;
      this.#pending.delete(reject);
      reject(new Error("the socket was closed meanwhile"));
    }
  }

  #send(socket: Socket, frame: Uint8Array, address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.set(reject, socket);
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
