// What a node keeps across its lives. A write takes a moment; one that a crash interrupts is as if it had not been, as a file that is
// put in the place of another is; a disk that fails may lose everything, or hand back what nobody can read.

export type DiskPart = "policy" | "nodes";

export class Disk {
  generation = 0;
  private readonly parts = new Map<DiskPart, unknown>();

  write(part: DiskPart, state: unknown): void {
    this.parts.set(part, state);
  }

  read(part: DiskPart): unknown {
    return this.parts.get(part);
  }

  /** A generation that is later than every one before: counted up, or the time of day (core's `nextIdentity`). */
  nextGeneration(wallMs: number): number {
    this.generation = Math.max(this.generation + 1, Math.floor(wallMs / 1000));
    return this.generation;
  }

  /** Everything is gone. */
  lose(): void {
    this.generation = 0;
    this.parts.clear();
  }

  /** What was written is there, and makes no sense. */
  tear(): void {
    for (const part of this.parts.keys()) this.parts.set(part, { version: "torn" });
  }
}
