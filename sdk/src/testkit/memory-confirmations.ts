// A person in memory, for tests of what asks one: the test sees what is asked, and answers.
import type { Confirmations } from "@systole/core/ports";

type Answer = (confirmed: boolean) => void;

export class MemoryConfirmations implements Confirmations {
  readonly #open = new Map<string, Set<Answer>>();

  /** Nodes about which a question is open, in the order of the questions: none should be left when all is stopped. */
  get asked(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Answers every open question about `node`. Returns false when there is none: then nothing has happened. */
  answer(node: string, confirmed: boolean): boolean {
    const waiting = this.#open.get(node);
    for (const answer of waiting ?? []) answer(confirmed);
    return waiting !== undefined;
  }

  ask(node: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiting = this.#open.get(node) ?? new Set<Answer>();
      this.#open.set(node, waiting);
      const answer: Answer = (confirmed) => {
        signal.removeEventListener("abort", refuse);
        waiting.delete(answer);
        if (waiting.size === 0) this.#open.delete(node);
        resolve(confirmed);
      };
      const refuse = (): void => answer(false);
      waiting.add(answer);
      signal.addEventListener("abort", refuse, { once: true });
    });
  }
}
