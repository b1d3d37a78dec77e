// Sends greetings when they are wanted, and at a bounded rate: whoever replays old frames cannot make a node talk without end.
import type { Clock } from "@systole/sdk";
import { GREETING_BURST, GREETING_PAUSE_MS } from "./limits.js";

export class Greeter {
  #left = GREETING_BURST;
  #refilledAtMs: number;
  #cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly greet: () => void,
  ) {
    this.#refilledAtMs = clock.nowMs();
  }

  /** At once if it may be, else as soon as it may. */
  want(): void {
    if (this.#cancel !== undefined) return;
    this.#refill();
    if (this.#left >= 1) {
      this.#left -= 1;
      return this.greet();
    }
    this.#cancel = this.clock.wakeAt(this.#refilledAtMs + GREETING_PAUSE_MS, () => {
      this.#cancel = undefined;
      this.want();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #refill(): void {
    const nowMs = this.clock.nowMs();
    const earned = Math.floor((nowMs - this.#refilledAtMs) / GREETING_PAUSE_MS);
    if (earned < 1) return;
    this.#left = Math.min(GREETING_BURST, this.#left + earned);
    this.#refilledAtMs += earned * GREETING_PAUSE_MS;
  }
}
