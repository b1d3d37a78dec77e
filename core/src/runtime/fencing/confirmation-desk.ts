// Where questions to a person wait for `systole fence confirm`.
import type { Confirmations } from "../../ports/index.js";

type Answer = (confirmed: boolean) => void;

export class ConfirmationDesk implements Confirmations {
  private readonly open = new Map<string, Set<Answer>>();

  ask(node: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiting = this.open.get(node) ?? new Set<Answer>();
      this.open.set(node, waiting);
      const answer: Answer = (confirmed) => {
        signal.removeEventListener("abort", refuse);
        waiting.delete(answer);
        if (waiting.size === 0) this.open.delete(node);
        resolve(confirmed);
      };
      const refuse = (): void => answer(false);
      waiting.add(answer);
      signal.addEventListener("abort", refuse, { once: true });
    });
  }

  /** A person has made sure that the node is off. Returns whether somebody had asked. */
  confirm(node: string): boolean {
    const waiting = [...(this.open.get(node) ?? [])];
    for (const answer of waiting) answer(true);
    return waiting.length > 0;
  }

  /** Nodes about which a person is asked. */
  waiting(): readonly string[] {
    return [...this.open.keys()];
  }
}
