// Leases in Durable Objects of Cloudflare, one for each cluster: it is in one place in the world, and does one thing at a time.
import { wallClock, type LeaseClock } from "./lease-clock.js";
import type { LeaseStore, StoredLease } from "./lease-store.js";

/** The part of Cloudflare's types that is used. */
export interface DurableStorage {
  get<Value>(key: string): Promise<Value | undefined>;
  put(key: string, value: unknown): Promise<void>;
  transaction<Result>(work: (storage: DurableStorage) => Promise<Result>): Promise<Result>;
}

export interface DurableNamespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(url: string, init?: RequestInit): Promise<Response> };
}

const KEY = "lease";
const VERSION_HEADER = "systole-version";
const NONE = "none";
const URL = "https://lease.invalid/";

/** The object of one cluster: what it holds is read, and replaced by who has read it. Strangers do not get as far as this. */
export class LeaseObject {
  readonly #storage: DurableStorage;

  constructor({ storage }: { readonly storage: DurableStorage }) {
    this.#storage = storage;
  }

  async fetch(request: Request): Promise<Response> {
    if (request.method === "GET") return Response.json((await this.#storage.get<StoredLease>(KEY)) ?? null);
    const text = await request.text();
    const over = request.headers.get(VERSION_HEADER);
    const written = await this.#storage.transaction(async (storage) => {
      const stored = await storage.get<StoredLease>(KEY);
      if ((stored?.version ?? NONE) !== over) return false;
      await storage.put(KEY, { text, version: crypto.randomUUID() } satisfies StoredLease);
      return true;
    });
    return Response.json(written);
  }
}

/** The objects, as a Worker asks them. */
export class DurableLeases implements LeaseStore {
  readonly clock: LeaseClock = wallClock;
  readonly #objects: DurableNamespace;

  constructor(objects: DurableNamespace) {
    this.#objects = objects;
  }

  async read(cluster: string, signal: AbortSignal): Promise<StoredLease | undefined> {
    return (await this.#ask<StoredLease | null>(cluster, { signal })) ?? undefined;
  }

  write(cluster: string, text: string, over: string | undefined, signal: AbortSignal): Promise<boolean> {
    const headers = { [VERSION_HEADER]: over ?? NONE };
    return this.#ask<boolean>(cluster, { method: "PUT", headers, body: text, signal });
  }

  async #ask<Answer>(cluster: string, init: RequestInit): Promise<Answer> {
    const object = this.#objects.get(this.#objects.idFromName(cluster));
    const response = await object.fetch(URL, init);
    if (!response.ok) throw new Error(`the object answers ${response.status}`);
    return (await response.json()) as Answer;
  }
}
