// An engine as a function has it: gone after every step, and made anew from what it has written as text.
import type { ClusterView, Engine, EngineEffect, EngineInput } from "@systole/core/engine";

export class ResumedEngine implements Engine {
  /** Longest text that was written. */
  static longest = "";
  private engine: Engine;

  constructor(private readonly make: () => Engine) {
    this.engine = make();
  }

  step(input: EngineInput, nowMs: number, wallMs: number): readonly EngineEffect[] {
    const effects = this.engine.step(input, nowMs, wallMs);
    const written = JSON.stringify(this.engine.snapshot());
    if (written.length > ResumedEngine.longest.length) ResumedEngine.longest = written;
    this.resume(JSON.parse(written));
    return effects;
  }

  deadline(): number {
    return this.engine.deadline();
  }

  view(): ClusterView {
    return this.engine.view();
  }

  snapshot(): unknown {
    return this.engine.snapshot();
  }

  resume(snapshot: unknown): void {
    this.engine = this.make();
    this.engine.resume(snapshot);
  }
}
