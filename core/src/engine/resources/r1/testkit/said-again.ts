// Transcripts are compared with heartbeat's, which says but once that it is stable: what a node says once more is left out of them.
import { R1_TIMINGS } from "../timings.js";

export class SaidAgain {
  private unstable = false;
  /** When it was said first. */
  private saidAtMs: number | undefined;
  private said = "";

  /** `text`: a message as the timelines write it. */
  isOne(text: string, atMs: number): boolean {
    if (!text.startsWith("resource")) return false;
    if (text.includes("stable=0")) {
      this.unstable = true;
      this.saidAtMs = undefined;
    }
    if (!text.includes("stable=1")) return false;
    if (this.unstable) this.saidAtMs = atMs;
    this.unstable = false;
    const laterMs = atMs - (this.saidAtMs ?? atMs);
    const [, held = ""] = text.split(" ");
    const isOne = held === this.said && laterMs > 0 && laterMs % R1_TIMINGS.sayAgainMs === 0;
    this.said = held;
    if (isOne) this.saidAtMs = undefined;
    return isOne;
  }
}
