// A set of open sockets that follows its plans: what is no longer planned is closed, what is newly planned is opened.
import type { RemoteInfo, Socket } from "node:dgram";
import type { NetworkSockets } from "@systole/sdk";
import type { SocketPlan } from "./plan.js";
import { closeSocket, openSocket } from "./socket.js";

/** How far a set came. A failed socket does not keep the others from being opened. */
export type Outcome =
  | { readonly kind: "open" }
  | { readonly kind: "failed"; readonly error: Error }
  /** Sockets cannot be tied to a device here: plan again, with addresses. */
  | { readonly kind: "no-device-binding" };

export interface SocketSetEvents {
  message(bytes: Uint8Array, from: RemoteInfo): void;
  /** A socket failed and was closed. */
  lost(error: Error): void;
}

export class SocketSet {
  readonly #sockets: NetworkSockets;
  readonly #events: SocketSetEvents;
  readonly #open = new Map<string, Socket>();
  #work: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(sockets: NetworkSockets, events: SocketSetEvents) {
    this.#sockets = sockets;
    this.#events = events;
  }

  /** The open sockets, in the order of their plans. */
  get sockets(): readonly Socket[] {
    return [...this.#open.values()];
  }

  become(plans: readonly SocketPlan[]): Promise<Outcome> {
    const work = this.#work.then(() => this.#become(plans));
    this.#work = work;
    return work;
  }

  /** Closes all, also what is being opened. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#work;
    await this.#closeExcept(new Set());
  }

  async #become(plans: readonly SocketPlan[]): Promise<Outcome> {
    const byKey = new Map(plans.map((plan) => [JSON.stringify(plan), plan]));
    await this.#closeExcept(new Set(byKey.keys()));
    let outcome: Outcome = { kind: "open" };
    for (const [key, plan] of byKey) {
      if (this.#closed) break;
      if (this.#open.has(key)) continue;
      try {
        const socket = await this.#openOne(key, plan);
        if (socket === undefined) return { kind: "no-device-binding" };
        this.#open.set(key, socket);
      } catch (error) {
        outcome = { kind: "failed", error: error instanceof Error ? error : new Error(String(error)) };
      }
    }
    return outcome;
  }

  #openOne(key: string, plan: SocketPlan): Promise<Socket | undefined> {
    return openSocket(plan, this.#sockets, {
      message: (bytes, from) => this.#events.message(bytes, from),
      error: (error) => {
        const socket = this.#open.get(key);
        this.#open.delete(key);
        if (socket !== undefined) void closeSocket(socket);
        this.#events.lost(error);
      },
    });
  }

  async #closeExcept(keys: ReadonlySet<string>): Promise<void> {
    const unwanted = [...this.#open].filter(([key]) => !keys.has(key));
    for (const [key] of unwanted) this.#open.delete(key);
    await Promise.all(unwanted.map(([, socket]) => closeSocket(socket)));
  }
}
