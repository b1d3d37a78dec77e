// Transcripts are compared with heartbeat's, which says but once that it is stable: what a node says once more is left out of them.
import { R1_TIMINGS } from "../timings.js";

export class SaidAgain {
  private unstable = false;
  private againAtMs: number | undefined;

  /** `text`: a message as the timelines write it. */
  isOne(text: string, atMs: number): boolean {
    if (!text.startsWith("resource")) return false;
    if (text.includes("stable=0")) {
      this.unstable = true;
      this.againAtMs = undefined;
    }
    if (!text.includes("stable=1")) return false;
    if (this.unstable) this.againAtMs = atMs + R1_TIMINGS.sayAgainMs;
    const isOne = !this.unstable && atMs === this.againAtMs;
    this.unstable = false;
    return isOne;
  }
}
