// One host that is pinged: where it is now, and when to ask the resolver again. It has no timers: sends drive it.
import { isIP, isIPv6, SocketAddress } from "node:net";
import type { IpFamily, Logger } from "@systole/sdk";

/** Addresses of a host name, best first. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const FIRST_PAUSE_MS = 1000;
const LAST_PAUSE_MS = 60_000;
/** A name whose host answers none of so many frames may mean another address by now. */
const UNANSWERED_BEFORE_ASKING = 5;

/** One spelling of an address, without its zone. */
export function canonical(address: string): string {
  if (!isIPv6(address)) return address;
  return new SocketAddress({ address: address.split("%")[0] ?? address, family: "ipv6" }).address;
}

export interface Place {
  readonly address: string;
  readonly family: IpFamily;
}

export class HostTarget {
  readonly host: string;
  readonly #resolve: Resolve;
  readonly #log: Logger;
  readonly #named: boolean;
  #addresses: readonly string[];
  #chosen = 0;
  #unanswered = 0;
  #asking: Promise<void> | undefined;
  #askAgainAtMs = -Infinity;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(host: string, resolve: Resolve, log: Logger) {
    this.host = host;
    this.#resolve = resolve;
    this.#log = log;
    this.#named = isIP(host) === 0;
    this.#addresses = this.#named ? [] : [host];
  }

  /** Where to send; undefined while the name is unknown. */
  get place(): Place | undefined {
    const address = this.#addresses[this.#chosen % Math.max(1, this.#addresses.length)];
    return address === undefined ? undefined : { address, family: isIPv6(address) ? 6 : 4 };
  }

  is(address: string): boolean {
    return this.place !== undefined && canonical(this.place.address) === canonical(address);
  }

  answered(): void {
    this.#unanswered = 0;
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  /** A frame is about to be sent. A name that is unknown or silent is asked for again, at a bounded rate. */
  sending(nowMs: number): void {
    this.#unanswered += 1;
    if (this.#addresses.length === 0 || this.#unanswered > UNANSWERED_BEFORE_ASKING) void this.locate(nowMs);
  }

  /** Asks the resolver, unless it is being asked or was asked just now. Never rejects. */
  locate(nowMs: number): Promise<void> {
    if (!this.#named || nowMs < this.#askAgainAtMs) return this.#asking ?? Promise.resolve();
    this.#asking ??= this.#ask(nowMs).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(nowMs: number): Promise<void> {
    const againInMs = this.#pauseMs;
    this.#askAgainAtMs = nowMs + againInMs;
    this.#pauseMs = Math.min(againInMs * 2, LAST_PAUSE_MS);
    try {
      const found = await this.#resolve(this.host);
      if (found.length === 0) throw new Error("the name has no address");
      // Asked again because it was silent: another of its addresses may answer.
      this.#chosen = found.join() === this.#addresses.join() ? this.#chosen + 1 : 0;
      this.#addresses = found;
      this.#unanswered = 0;
      this.#log.debug("ping.resolved", { host: this.host, addresses: found });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn("ping.unresolved", { host: this.host, reason, againInMs });
    }
  }
}
