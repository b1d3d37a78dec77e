// A machine's own clocks: the monotonic one, which may run a little too fast or too slow, and the one on the wall, which may be set.

/** Moment of the world at which its walls begin to show this. */
const FIRST_WALL_MS = 1_700_000_000_000;
const ROUNDING_MS = 1e-6;

export class NodeClock {
  private readonly anchor = { worldMs: 0, ownMs: 0 };
  private rate = 1;
  private wallOffMs = 0;

  /** Monotonic, as this machine counts. */
  atMs(worldMs: number): number {
    return this.anchor.ownMs + (worldMs - this.anchor.worldMs) * this.rate;
  }

  /** When the world gets there: never a rounding error too early, or a node would be woken for nothing, again and again. */
  worldMs(ownMs: number): number {
    const exactMs = this.anchor.worldMs + (ownMs - this.anchor.ownMs) / this.rate;
    return this.anchor.worldMs === 0 && this.rate === 1 ? exactMs : exactMs + ROUNDING_MS;
  }

  wallMs(worldMs: number): number {
    return FIRST_WALL_MS + worldMs + this.wallOffMs;
  }

  /** From now on: 1.01 gains a hundredth. */
  run(rate: number, worldMs: number): void {
    this.anchor.ownMs = this.atMs(worldMs);
    this.anchor.worldMs = worldMs;
    this.rate = rate;
  }

  /** Somebody sets the clock on the wall. */
  step(byMs: number): void {
    this.wallOffMs += byMs;
  }

  get isBehind(): boolean {
    return this.wallOffMs < 0;
  }
}
