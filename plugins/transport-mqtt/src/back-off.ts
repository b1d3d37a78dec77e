// How long to wait before the next attempt to connect. Pure: chance is an argument.
import { RECONNECT_PAUSES, STEADY_AFTER_MS } from "./limits.js";

export class BackOff {
  private failures = 0;

  constructor(private readonly random: () => number) {}

  /**
   * The pause after a connection that lasted `livedMs`, 0 for one that never was. Between half of the nominal pause and all
   * of it, so that nodes do not come back in step. `longest`: whatever was before, the longest pause.
   */
  pauseMs(livedMs: number, longest = false): number {
    if (livedMs >= STEADY_AFTER_MS) this.failures = 0;
    const { firstMs, longestMs } = RECONNECT_PAUSES;
    const nominalMs = longest ? longestMs : Math.min(longestMs, firstMs * 2 ** Math.min(this.failures, 16));
    this.failures += 1;
    return nominalMs * (0.5 + this.random() / 2);
  }
}
