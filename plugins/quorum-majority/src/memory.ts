// What one node knows of who counts, through restarts; and when it may accept that this changes: never while something that was
// granted before, by its answers or to itself, may still be believed by somebody whom the change leaves out.
import type { Clock, Logger, Store } from "@systole/sdk";
import { accept, BLANK, isBlank, learn, type Attempt, type Ballot, type Electorate } from "./electorate.js";
import type { Votes } from "./votes.js";
import { parseBallot, textOf } from "./words.js";

const NAME = "quorum-majority";

export interface MemoryInit {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly windowMs: number;
}

export class Memory {
  readonly #init: MemoryInit;
  #ballot: Ballot = BLANK;
  #startedAtMs = 0;
  /** By node: until then it may believe what it was granted by an answer of this one. */
  readonly #answeredUntilMs = new Map<string, number>();
  /** Grants to this node that may still be believed, and who had answered. */
  #grants: { readonly untilMs: number; readonly by: ReadonlySet<string> }[] = [];
  #saved: Promise<unknown> = Promise.resolve();

  constructor(init: MemoryInit) {
    this.#init = init;
  }

  get ballot(): Ballot {
    return this.#ballot;
  }

  /** Throws `STORE_FAILED`. What stands there and makes no sense is as good as lost. */
  async load(): Promise<void> {
    const { store, clock, log } = this.#init;
    this.#startedAtMs = clock.nowMs();
    const bytes = await store.read(NAME);
    if (bytes === undefined) return;
    const ballot = parseBallot(new TextDecoder().decode(bytes));
    if (ballot === undefined) log.warn("quorum.memory-lost", { bytes: bytes.length });
    else this.#ballot = ballot;
  }

  answered(name: string, believedForMs: number): void {
    if (believedForMs <= 0) return;
    const untilMs = this.#init.clock.nowMs() + believedForMs;
    this.#answeredUntilMs.set(name, Math.max(untilMs, this.#answeredUntilMs.get(name) ?? 0));
  }

  granted(untilMs: number, by: Iterable<string>): void {
    const nowMs = this.#init.clock.nowMs();
    this.#grants = [...this.#grants.filter((grant) => grant.untilMs >= nowMs), { untilMs, by: new Set(by) }];
  }

  /** Somebody says that it is settled. */
  learn(settled: Electorate | undefined): void {
    const next = learn(this.#ballot, settled);
    if (next === this.#ballot) return;
    this.#ballot = next;
    void this.#save();
  }

  /** Resolves with true when it would survive a power cut. */
  async accept(attempt: Attempt, believedForMs: number): Promise<boolean> {
    const next = accept(this.#ballot, attempt);
    if (next === undefined) return false;
    if (next !== this.#ballot && this.#isTooEarly(attempt.electorate.votes, believedForMs)) return false;
    const wasBlank = isBlank(this.#ballot);
    this.#ballot = next;
    const saved = await this.#save();
    if (saved && wasBlank) this.#init.log.info("quorum.joined", { number: attempt.electorate.number });
    return saved;
  }

  /** Ends with the last writing. */
  async close(): Promise<void> {
    await this.#saved;
  }

  #isTooEarly(votes: Votes, believedForMs: number): boolean {
    const nowMs = this.#init.clock.nowMs();
    // What it answered before it was started it does not know.
    if (nowMs <= this.#startedAtMs + Math.max(this.#init.windowMs, believedForMs)) return true;
    for (const [name, untilMs] of this.#answeredUntilMs) {
      if (untilMs < nowMs) this.#answeredUntilMs.delete(name);
      else if (!votes.has(name)) return true;
    }
    return this.#grants.some(
      ({ untilMs, by }) => untilMs >= nowMs && [...votes.keys()].some((name) => !by.has(name)),
    );
  }

  /** One after the other, so that the newest stays. */
  #save(): Promise<boolean> {
    const earlier = this.#saved;
    const writing = this.#writeAfter(earlier);
    this.#saved = writing;
    return writing;
  }

  async #writeAfter(earlier: Promise<unknown>): Promise<boolean> {
    await earlier;
    try {
      await this.#init.store.write(NAME, new TextEncoder().encode(textOf(this.#ballot)));
      return true;
    } catch (error) {
      this.#init.log.error("quorum.not-saved", { reason: String(error) });
      return false;
    }
  }
}
