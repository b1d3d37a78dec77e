// A store that lives in memory, outlives its handles, and fails when a test says so.
import { SystoleError, type Store } from "@systole/core/ports";

const NAME = /^[a-z0-9-]+$/;

/** Hand the same `disk` to a second store to play a restart. */
export class MemoryStore implements Store {
  readonly disk: Map<string, Uint8Array>;
  readonly #failures: string[] = [];

  constructor(disk: Map<string, Uint8Array> = new Map()) {
    this.disk = disk;
  }

  /** The next call fails with `STORE_FAILED` and changes nothing. */
  failNext(reason = "disk full"): void {
    this.#failures.push(reason);
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    this.#admit(name);
    return this.disk.get(name)?.slice();
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.#admit(name);
    this.disk.set(name, bytes.slice());
  }

  async remove(name: string): Promise<void> {
    this.#admit(name);
    this.disk.delete(name);
  }

  #admit(name: string): void {
    if (!NAME.test(name))
      throw new SystoleError("STORE_FAILED", `"${name}" is no name for a stored value: use [a-z0-9-]+.`);
    const reason = this.#failures.shift();
    if (reason !== undefined) throw new SystoleError("STORE_FAILED", reason, { retryable: true });
  }
}
