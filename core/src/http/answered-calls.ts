// What a function remembers of the calls that it has taken, so that one that is repeated, or replayed, is done once.
import { MAX_REMEMBERED_CALLS } from "./limits.js";

/** Kept in memory by default. Where a function runs in several places, it must be kept where all of them see it. */
export interface AnsweredCalls {
  /**
   * Takes a call for this caller, and at most for one. `new`: do it, then `settle`. `under-way`: another has taken it.
   * Else: the answer that was given. Remembered until `untilMs` (since 1970). A rejection refuses the call.
   */
  claim(id: string, untilMs: number): Promise<"new" | "under-way" | { readonly answer: string }>;
  settle(id: string, answer: string): Promise<void>;
  /** The call was not answered: whoever repeats it finds it new. */
  release(id: string): Promise<void>;
}

interface Remembered {
  readonly untilMs: number;
  answer?: string;
}

export class CallsInMemory implements AnsweredCalls {
  readonly #calls = new Map<string, Remembered>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  async claim(id: string, untilMs: number): Promise<"new" | "under-way" | { readonly answer: string }> {
    this.#forget(this.#nowMs());
    const call = this.#calls.get(id);
    if (call !== undefined) return call.answer === undefined ? "under-way" : { answer: call.answer };
    if (this.#calls.size >= MAX_REMEMBERED_CALLS) throw new Error("too many calls");
    this.#calls.set(id, { untilMs });
    return "new";
  }

  async settle(id: string, answer: string): Promise<void> {
    const call = this.#calls.get(id);
    if (call !== undefined) call.answer = answer;
  }

  async release(id: string): Promise<void> {
    this.#calls.delete(id);
  }

  /** The oldest stand first: those behind one that is still remembered wait for it, a window at most. */
  #forget(nowMs: number): void {
    for (const [id, call] of this.#calls) {
      if (call.untilMs >= nowMs) return;
      this.#calls.delete(id);
    }
  }
}
