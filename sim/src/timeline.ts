// What is going to happen, in the order of time; what is to happen at the same moment, in the order in which it was said.

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A binary heap. */
export class Timeline {
  private readonly heap: Entry[] = [];
  private order = 0;

  get size(): number {
    return this.heap.length;
  }

  at(atMs: number, run: () => void): void {
    const entry = { atMs, order: (this.order += 1), run };
    const { heap } = this;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, entry)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  /** Infinity when nothing is going to happen. */
  nextAtMs(): number {
    return this.heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the first one away, if its time has come. */
  take(nowMs: number): (() => void) | undefined {
    const { heap } = this;
    const first = heap[0];
    if (first === undefined || first.atMs > nowMs) return undefined;
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) this.sink(last);
    return first.run;
  }

  private sink(entry: Entry): void {
    const { heap } = this;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [one, two] = [heap[left], heap[left + 1]];
      if (one === undefined) break;
      const earlier = two !== undefined && isBefore(two, one) ? left + 1 : left;
      const child = heap[earlier];
      if (child === undefined || isBefore(entry, child)) break;
      heap[index] = child;
      index = earlier;
    }
    heap[index] = entry;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
