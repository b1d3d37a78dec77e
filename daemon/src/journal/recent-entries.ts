// The newest entries of a journal, for who follows it.
import type { JournalEntry } from "./entry.js";
import { JOURNAL_LIMITS } from "./limits.js";

/** Must not throw, and takes no time. */
export type Listener = (entry: JournalEntry) => void;

export class RecentEntries {
  private entries: JournalEntry[] = [];
  private readonly listeners = new Set<Listener>();

  add(entry: JournalEntry): void {
    this.entries.push(entry);
    if (this.entries.length >= 2 * JOURNAL_LIMITS.recent)
      this.entries = this.entries.slice(-JOURNAL_LIMITS.recent);
    for (const listener of this.listeners) listener(entry);
  }

  /** What came after that one, as far as it is remembered, and how many between are not. */
  after(seq: number): { readonly entries: readonly JournalEntry[]; readonly missed: number } {
    const entries = this.entries.filter((entry) => entry.seq > seq);
    const [first] = entries;
    return { entries, missed: first === undefined ? 0 : first.seq - seq - 1 };
  }

  /** Returns a function that ends it. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  get followers(): number {
    return this.listeners.size;
  }

  close(): void {
    this.listeners.clear();
  }
}
