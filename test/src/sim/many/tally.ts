// What many lives come to: years, faults by kind, and who failed.
import type { LivedSeed } from "./worker.js";

const YEAR_MS = 365.25 * 24 * 3_600_000;
const KEPT_FAILURES = 20;

export class Tally {
  lives = 0;
  failed = 0;
  readonly failures: LivedSeed[] = [];
  private clusterMs = 0;
  private nodeMs = 0;
  private frames = 0;
  private readonly scenes = new Map<string, number>();
  private readonly faults = new Map<string, number>();

  add(lived: LivedSeed): void {
    this.lives += 1;
    this.clusterMs += lived.simulatedMs;
    this.nodeMs += lived.simulatedMs * lived.nodes;
    this.frames += lived.frames;
    count(this.scenes, `${lived.nodes} nodes, ${lived.around}`, 1);
    for (const [kind, times] of lived.faults) count(this.faults, kind, times);
    if (lived.complaints.length === 0) return;
    this.failed += 1;
    if (this.failures.length < KEPT_FAILURES) this.failures.push(lived);
  }

  /** Lines for people. `tookMs`: of real time. */
  report(tookMs: number): readonly string[] {
    const seconds = tookMs / 1000;
    const all = [...this.faults.values()].reduce((sum, times) => sum + times, 0);
    return [
      `${this.lives} lives in ${seconds.toFixed(0)} s, ${(this.lives / seconds).toFixed(1)} a second: ${years(this.clusterMs)} of clusters, ${years(this.nodeMs)} of nodes, ${this.frames} frames, ${all} faults`,
      `  clusters: ${list(this.scenes)}`,
      `  faults:   ${list(this.faults)}`,
    ];
  }
}

function years(ms: number): string {
  const all = ms / YEAR_MS;
  return all >= 1 ? `${all.toFixed(1)} years` : `${(all * 365.25).toFixed(1)} days`;
}

function count(counts: Map<string, number>, name: string, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

function list(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, times]) => `${name} ${times}`)
    .join(" · ");
}
