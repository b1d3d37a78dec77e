// One key in etcd that lives as long as a lease of etcd: who put it there has it. Every method rejects when etcd cannot be asked.
import { fromBase64, toBase64 } from "@systole/witness/etcd-gateway";

export type AskEtcd = <Answer>(path: string, body: unknown, signal: AbortSignal) => Promise<Answer>;

/** What stands in etcd. */
export interface Standing {
  /** Undefined: there is no key. */
  readonly kept: { readonly holder: string; readonly lease: string } | undefined;
  /** Which etcd this is, and how often it has been written: both say whether it has lost something. */
  readonly etcd: string;
  readonly revision: number;
}

interface Header {
  readonly cluster_id?: string;
  readonly revision?: string;
}

interface Kept {
  readonly value?: string;
  readonly lease?: string;
}

interface Ranged {
  readonly header?: Header;
  readonly kvs?: readonly Kept[];
}

interface Transacted {
  readonly header?: Header;
  readonly succeeded?: boolean;
  readonly responses?: readonly { readonly response_range?: Ranged }[];
}

export class LeaseKey {
  readonly #ask: AskEtcd;
  readonly #key: string;

  constructor(ask: AskEtcd, key: string) {
    this.#ask = ask;
    this.#key = toBase64(key);
  }

  async look(signal: AbortSignal): Promise<Standing> {
    const ranged = await this.#ask<Ranged>("kv/range", { key: this.#key }, signal);
    return standingOf(ranged.header, ranged.kvs);
  }

  /** Seconds that etcd gives may be more than were asked for. */
  async newLease(
    ttlSeconds: number,
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly ttlSeconds: number }> {
    const granted = await this.#ask<{ readonly ID?: string; readonly TTL?: string }>(
      "lease/grant",
      { TTL: ttlSeconds },
      signal,
    );
    const seconds = Number(granted.TTL);
    if (granted.ID === undefined || !(seconds > 0)) throw new Error("etcd has given no lease");
    return { id: granted.ID, ttlSeconds: seconds };
  }

  /** Seconds from now; 0 when the lease has ended. */
  async keepAlive(lease: string, signal: AbortSignal): Promise<number> {
    const kept = await this.#ask<{ readonly result?: { readonly TTL?: string } }>(
      "lease/keepalive",
      { ID: lease },
      signal,
    );
    return secondsOf(kept.result?.TTL);
  }

  /** Seconds for which it runs at the least, if nobody keeps it alive; 0 when it has ended. */
  async runsFor(lease: string, signal: AbortSignal): Promise<number> {
    const left = await this.#ask<{ readonly TTL?: string }>("lease/timetolive", { ID: lease }, signal);
    return secondsOf(left.TTL);
  }

  /** Ends the lease, and the key with it. */
  async end(lease: string, signal: AbortSignal): Promise<void> {
    await this.#ask("lease/revoke", { ID: lease }, signal);
  }

  /** Puts the key if there is none. Resolves with what stands there then. */
  take(holder: string, lease: string, signal: AbortSignal): Promise<Standing> {
    const isMissing = { key: this.#key, target: "CREATE", result: "EQUAL", create_revision: "0" };
    return this.#put(isMissing, holder, lease, signal);
  }

  /** Puts what `holder` has on another lease: what ends with the earlier one is not the key. Resolves with what stands there then. */
  move(holder: string, lease: string, signal: AbortSignal): Promise<Standing> {
    const isOurs = { key: this.#key, target: "VALUE", result: "EQUAL", value: toBase64(holder) };
    return this.#put(isOurs, holder, lease, signal);
  }

  async #put(compare: unknown, holder: string, lease: string, signal: AbortSignal): Promise<Standing> {
    const put = { request_put: { key: this.#key, value: toBase64(holder), lease } };
    const look = { request_range: { key: this.#key } };
    const transaction = { compare: [compare], success: [put], failure: [look] };
    const { header, succeeded, responses = [] } = await this.#ask<Transacted>("kv/txn", transaction, signal);
    if (succeeded === true) return { ...standingOf(header, []), kept: { holder, lease } };
    return standingOf(header, responses[0]?.response_range?.kvs);
  }
}

function standingOf(header: Header = {}, kvs: readonly Kept[] = []): Standing {
  const { cluster_id: etcd, revision } = header;
  const counted = Number(revision);
  if (etcd === undefined || !Number.isSafeInteger(counted)) throw new Error("etcd's answer makes no sense");
  const [found] = kvs;
  // A key without a lease stays until somebody removes it.
  const kept = found && { holder: fromBase64(found.value ?? ""), lease: found.lease ?? "0" };
  return { kept, etcd, revision: counted };
}

function secondsOf(text: string | undefined): number {
  const seconds = Number(text ?? 0);
  return seconds > 0 ? seconds : 0;
}
