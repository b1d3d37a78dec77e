/** Leases in etcd, through its HTTP gateway. @packageDocumentation */
import { EtcdGateway, fromBase64, toBase64, type EtcdGatewayInit } from "./etcd-gateway.js";
import { wallClock, type LeaseClock } from "./lease-clock.js";
import type { LeaseStore, StoredLease } from "./lease-store.js";

export interface EtcdLeasesInit extends EtcdGatewayInit {
  /** Before the cluster's name. */
  readonly prefix?: string;
}

interface RangeAnswer {
  readonly kvs?: readonly { readonly value?: string; readonly mod_revision: string }[];
}

/**
 * etcd's own leases are not used: they end by the time of whichever member leads, begin anew when another does, and would have to be
 * kept alive by this function. What is used is its transaction: compare, then put.
 */
export class EtcdLeases implements LeaseStore {
  readonly clock: LeaseClock = wallClock;
  readonly #etcd: EtcdGateway;
  readonly #prefix: string;

  constructor({ prefix = "/systole/witness/", ...init }: EtcdLeasesInit) {
    this.#etcd = new EtcdGateway(init);
    this.#prefix = prefix;
  }

  async read(cluster: string, signal: AbortSignal): Promise<StoredLease | undefined> {
    const { kvs = [] } = await this.#etcd.ask<RangeAnswer>("kv/range", { key: this.#key(cluster) }, signal);
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
    const { succeeded } = await this.#etcd.ask<{ readonly succeeded?: boolean }>(
      "kv/txn",
      transaction,
      signal,
    );
    return succeeded === true;
  }

  #key(cluster: string): string {
    return toBase64(`${this.#prefix}${cluster}`);
  }
}
