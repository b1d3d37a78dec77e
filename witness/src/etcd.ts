/** Leases in etcd, through its HTTP gateway. @packageDocumentation */
import { wallClock, type LeaseClock } from "./lease-clock.js";
import type { LeaseStore, StoredLease } from "./lease-store.js";

export interface EtcdLeasesInit {
  /** Of the members, e.g. `http://127.0.0.1:2379`. The next one is asked when one does not answer. */
  readonly endpoints: readonly string[];
  /** Before the cluster's name. */
  readonly prefix?: string;
  /** E.g. `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** One that knows the certificates of the members. */
  readonly fetch?: typeof fetch;
}

interface RangeAnswer {
  readonly kvs?: readonly { readonly value?: string; readonly mod_revision: string }[];
}

const encoder = new TextEncoder();

/**
 * etcd's own leases are not used: they end by the time of whichever member leads, begin anew when another does, and would have to be
 * kept alive by this function. What is used is its transaction: compare, then put.
 */
export class EtcdLeases implements LeaseStore {
  readonly clock: LeaseClock = wallClock;
  readonly #init: EtcdLeasesInit;
  #next = 0;

  constructor(init: EtcdLeasesInit) {
    if (init.endpoints.length === 0) throw new RangeError("etcd needs an endpoint");
    this.#init = init;
  }

  async read(cluster: string, signal: AbortSignal): Promise<StoredLease | undefined> {
    const { kvs = [] } = await this.#ask<RangeAnswer>("range", { key: this.#key(cluster) }, signal);
    const [found] = kvs;
    return found && { text: fromBase64(found.value ?? ""), version: found.mod_revision };
  }

  async write(
    cluster: string,
    text: string,
    over: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const key = this.#key(cluster);
    const transaction = {
      // A key that is not there has the revision 0.
      compare: [{ key, target: "MOD", result: "EQUAL", mod_revision: over ?? "0" }],
      success: [{ request_put: { key, value: toBase64(text) } }],
    };
    const { succeeded } = await this.#ask<{ readonly succeeded?: boolean }>("txn", transaction, signal);
    return succeeded === true;
  }

  async #ask<Answer>(what: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    const { endpoints, headers, fetch: ask = fetch } = this.#init;
    const endpoint = endpoints[this.#next % endpoints.length] ?? "";
    try {
      const url = `${endpoint.replace(/\/$/, "")}/v3/kv/${what}`;
      const response = await ask(url, {
        method: "POST",
        body: JSON.stringify(body),
        signal,
        ...(headers && { headers }),
      });
      if (!response.ok)
        throw new Error(`etcd answers ${response.status}: ${(await response.text()).slice(0, 200)}`);
      return (await response.json()) as Answer;
    } catch (cause) {
      this.#next += 1;
      throw cause;
    }
  }

  #key(cluster: string): string {
    return toBase64(`${this.#init.prefix ?? "/systole/witness/"}${cluster}`);
  }
}

function toBase64(text: string): string {
  return btoa(String.fromCharCode(...encoder.encode(text)));
}

function fromBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}
