// Hears for every medium of one interface, family and port, so that a frame is delivered once however many media there are.
import type { RemoteInfo } from "node:dgram";
import type { NetworkSockets } from "@systole/sdk";
import type { Medium } from "./config.js";
import { readerPlans, type Binding, type InterfaceFacts } from "./plan.js";
import { SocketSet, type Outcome } from "./socket-set.js";

/** One medium that listens. */
export interface Listener {
  readonly medium: Medium;
  heard(bytes: Uint8Array, from: string): void;
  lost(error: Error): void;
}

export class Reader {
  readonly #listeners = new Set<Listener>();
  readonly #sockets: SocketSet;
  #last: { readonly facts: InterfaceFacts; readonly binding: Binding } | undefined;

  constructor(sockets: NetworkSockets) {
    this.#sockets = new SocketSet(sockets, {
      message: (bytes, from) => this.deliver(bytes, from),
      lost: (error) => {
        for (const listener of this.#listeners) listener.lost(error);
      },
    });
  }

  get idle(): boolean {
    return this.#listeners.size === 0;
  }

  join(listener: Listener): void {
    this.#listeners.add(listener);
  }

  /** From this call on nothing is delivered to the listener. The sockets that only it needed are closed. */
  async leave(listener: Listener): Promise<void> {
    if (!this.#listeners.delete(listener)) return;
    if (this.idle) await this.#sockets.close();
    else if (this.#last !== undefined) await this.fit(this.#last.facts, this.#last.binding);
  }

  fit(facts: InterfaceFacts, binding: Binding): Promise<Outcome> {
    this.#last = { facts, binding };
    const media = [...this.#listeners].map(({ medium }) => medium);
    return this.#sockets.become(readerPlans(media, facts, binding));
  }

  /** All listeners mean the same link, so any of them will do: the one that listens longest. */
  deliver(bytes: Uint8Array, from: RemoteInfo): void {
    const [listener] = this.#listeners;
    const address = from.family === "IPv6" ? `[${from.address}]` : from.address;
    listener?.heard(bytes, `${address}:${from.port}`);
  }
}
