// A virtual clock: what is planned happens in the order of its time, and in the order of planning within one moment.
interface Planned {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export class Agenda {
  nowMs = 0;
  private order = 0;
  private planned: Planned[] = [];

  plan(afterMs: number, run: () => void): void {
    this.order += 1;
    this.planned.push({ atMs: this.nowMs + afterMs, order: this.order, run });
    this.planned.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  }

  nextMs(): number {
    return this.planned[0]?.atMs ?? Infinity;
  }

  runNext(): void {
    this.planned.shift()?.run();
  }
}
