// Nodes and a witness in one process: what the nodes fetch, the handler answers; a test stands between them.
import type { Clock } from "@systole/sdk";
import { VirtualClock } from "@systole/sdk/testkit";
import { WitnessClient } from "../client.js";
import { clusterKey, keysFrom } from "../cluster-key.js";
import type { LeaseClock } from "../lease-clock.js";
import { LeasesInMemory } from "../lease-store.js";
import type { WitnessEvent } from "../settle.js";
import { witness, type WitnessInit } from "../witness.js";

export const SECRET = "one secret for all clusters of this witness";
export const URL = "https://witness.example/";
export const live = (): AbortSignal => new AbortController().signal;

type Handler = (request: Request) => Promise<Response>;

/** A witness whose time a test turns, and the nodes that ask it. */
export class Wire {
  /** The witness's wall clock and clock of leases, in one. */
  readonly clock = new VirtualClock();
  readonly store: LeasesInMemory;
  readonly events: WitnessEvent[] = [];
  readonly requests: Request[] = [];
  /** Stands between the nodes and the witness. */
  between: (request: Request, pass: Handler) => Promise<Response> = (request, pass) => pass(request);
  handler: Handler;

  constructor(init: Partial<WitnessInit> = {}) {
    this.store = new LeasesInMemory(this.leaseClock("test"));
    this.handler = this.boot(init);
  }

  /** A witness that begins anew, with the store of the former one unless told otherwise. */
  boot(init: Partial<WitnessInit> = {}): Handler {
    return witness({
      store: this.store,
      keyOf: keysFrom(SECRET),
      wallMs: () => this.clock.wallMs(),
      onEvent: (event) => this.events.push(event),
      ...init,
    });
  }

  leaseClock(name: string): LeaseClock {
    return { name, nowMs: () => this.clock.nowMs(), spreadMs: 0 };
  }

  /** In the place of the global `fetch`. */
  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    init.signal?.throwIfAborted();
    const request = new Request(url, init);
    this.requests.push(request.clone());
    return this.between(request, this.handler);
  };

  async node(cluster = "web", clock: Clock = this.clock, key?: string): Promise<WitnessClient> {
    return new WitnessClient({ url: URL, cluster, key: key ?? (await clusterKey(SECRET, cluster)), clock });
  }

  /** As long as a cluster that has just become known has to wait. */
  async introduce(cluster = "web", longestTtlMs = 60_000): Promise<void> {
    await (await this.node(cluster)).hello("somebody", live());
    this.pass(longestTtlMs);
  }

  pass(forMs: number): void {
    this.clock.advance(forMs);
  }
}
