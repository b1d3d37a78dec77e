// Where a node that is a function keeps its whole state between two invocations: one value, replaced only by who has seen it.

export interface HeldState {
  readonly bytes: Uint8Array;
  /** Changes with every save. */
  readonly version: string;
}

/** One value with compare-and-swap. A read after a save sees that save, from wherever. Both throw when it cannot be reached. */
export interface StateCell {
  /** Undefined when nothing was ever saved. */
  load(): Promise<HeldState | undefined>;
  /**
   * Replaces the value whose version was `over`; undefined: there must be none. False, and nothing changed, when it is
   * another one by now.
   */
  save(bytes: Uint8Array, over: string | undefined): Promise<boolean>;
}

/** For tests, and for a host that is one process: as long as it lives. */
export class MemoryCell implements StateCell {
  private held: HeldState | undefined;
  private count = 0;

  async load(): Promise<HeldState | undefined> {
    return this.held;
  }

  async save(bytes: Uint8Array, over: string | undefined): Promise<boolean> {
    if (this.held?.version !== over) return false;
    this.held = { bytes: bytes.slice(), version: String((this.count += 1)) };
    return true;
  }
}
