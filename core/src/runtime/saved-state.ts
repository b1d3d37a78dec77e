// The engine's state on disk, the policy's and membership's apart: read once at the start, written in the background, the newest state last.
import type { Logger, Store } from "../ports/index.js";

/** Names of the blobs in the store. */
export type StateName = "policy" | "nodes" | "fencing";

export async function readState(store: Store, name: StateName, log: Logger): Promise<unknown> {
  const bytes = await store.read(name);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    log.warn("state.unreadable", { name, reason: String(error) });
    return undefined;
  }
}

/** Writes one state at a time; of those that come meanwhile only the last is written. */
export class StateWriter {
  private waiting: unknown;
  private hasWaiting = false;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly store: Store,
    private readonly name: StateName,
    private readonly log: Logger,
  ) {}

  save(state: unknown): void {
    this.waiting = state;
    this.hasWaiting = true;
    this.writing ??= this.drain();
  }

  /** Resolves when everything saved so far is on disk, or has failed and was logged. */
  async settled(): Promise<void> {
    await this.writing;
  }

  private async drain(): Promise<void> {
    while (this.hasWaiting) {
      const state = this.waiting;
      this.hasWaiting = false;
      try {
        await this.store.write(this.name, new TextEncoder().encode(JSON.stringify(state)));
      } catch (error) {
        this.log.error("state.write-failed", { name: this.name, reason: String(error) });
      }
    }
    this.writing = undefined;
  }
}
