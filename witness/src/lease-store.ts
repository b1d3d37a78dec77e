// Where a witness keeps its leases: one text for each cluster, replaced only by who has read it.
import { processClock, type LeaseClock } from "./lease-clock.js";
import { MAX_CLUSTERS_IN_MEMORY } from "./limits.js";

export interface StoredLease {
  readonly text: string;
  /** Changes with each write. */
  readonly version: string;
}

/** Both may reject; whether something was written is then not known, and nothing depends on it. `signal` ends the wait. */
export interface LeaseStore {
  /** By which its leases are counted: `processClock()` where one process is all who write, else `wallClock`. */
  readonly clock: LeaseClock;
  /** The newest that was written, not a copy that may lag behind. Undefined: nothing has been written. */
  read(cluster: string, signal: AbortSignal): Promise<StoredLease | undefined>;
  /**
   * Writes if the newest is still of version `over` (undefined: if there is nothing), in one step with looking, and resolves
   * with true when it will survive. False: another was faster, and nothing has changed.
   */
  write(cluster: string, text: string, over: string | undefined, signal: AbortSignal): Promise<boolean>;
}

/** For tests, and for a witness whose restart nobody minds: clusters then wait for the longest lease. */
export class LeasesInMemory implements LeaseStore {
  readonly clock: LeaseClock;
  readonly #leases = new Map<string, string>();

  constructor(clock: LeaseClock = processClock()) {
    this.clock = clock;
  }

  async read(cluster: string): Promise<StoredLease | undefined> {
    const text = this.#leases.get(cluster);
    return text === undefined ? undefined : { text, version: text };
  }

  async write(cluster: string, text: string, over: string | undefined): Promise<boolean> {
    if (this.#leases.get(cluster) !== over) return false;
    if (over === undefined && this.#leases.size >= MAX_CLUSTERS_IN_MEMORY)
      throw new RangeError(`this witness holds ${MAX_CLUSTERS_IN_MEMORY} clusters in memory, and no more`);
    this.#leases.set(cluster, text);
    return true;
  }

  /** As a store that was lost. */
  clear(): void {
    this.#leases.clear();
  }
}
