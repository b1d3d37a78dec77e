// The engine's signs of life, given by the test.
import type { Pulse } from "@systole/core/ports";

export class MemoryPulse implements Pulse {
  readonly #listeners = new Set<() => void>();

  /** How many listen: none should be left when everything is stopped. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** The engine has said a sign of life. */
  beat(): void {
    for (const listener of this.#listeners) listener();
  }

  onPulse(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
