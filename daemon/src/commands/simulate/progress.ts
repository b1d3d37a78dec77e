// How far a long simulation is: one line that is written over, where somebody looks on.
import { performance } from "node:perf_hooks";
import type { Output } from "../terminal.js";
import type { Findings } from "./random-lives.js";
import { spanText } from "./report.js";

const EVERY_MS = 200;

export class Progress {
  private dueMs = 0;
  private shown = 0;

  constructor(
    private readonly output: Output,
    private readonly lives: number,
    private readonly simulatedMs: number,
  ) {}

  show({ lives, simulatedMs, livesWithTwo, worstOutage }: Findings): void {
    if (this.output.isLive !== true || performance.now() < this.dueMs) return;
    this.dueMs = performance.now() + EVERY_MS;
    const share = Math.min(1, Math.max(lives / this.lives, simulatedMs / this.simulatedMs));
    const worst = worstOutage === undefined ? "none" : spanText(worstOutage.lastsMs);
    const line = `${Math.floor(share * 100)} %: ${lives} lives, ${spanText(simulatedMs)}; two owners in ${livesWithTwo}; worst outage ${worst} (Ctrl-C ends it)`;
    this.output.write(`\r${line.padEnd(this.shown)}`);
    this.shown = line.length;
  }

  clear(): void {
    if (this.shown > 0) this.output.write(`\r${" ".repeat(this.shown)}\r`);
    this.shown = 0;
  }
}
