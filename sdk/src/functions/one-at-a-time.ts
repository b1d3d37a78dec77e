// Whoever asks: of what changes the same thing, one is done after the other. Nodes keep to that among their own operations, and
// here two nodes meet.
import { LateCall } from "@systole/core/http";

export class OneAtATime {
  /** By key: settles when everything that was asked for so far has ended. */
  readonly #ended = new Map<string, Promise<unknown>>();

  /** Throws a `LateCall` when the signal aborts before its turn has come. */
  run<Value>(key: string, signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
    const before = this.#ended.get(key);
    const turn = inTurn(before, signal, work);
    // Who gives up waiting does not let the next one pass.
    const ended = Promise.allSettled([before, turn]);
    this.#ended.set(key, ended);
    void this.#forget(key, ended);
    return turn;
  }

  async #forget(key: string, ended: Promise<unknown>): Promise<void> {
    await ended;
    if (this.#ended.get(key) === ended) this.#ended.delete(key);
  }
}

async function inTurn<Value>(
  before: Promise<unknown> | undefined,
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<Value> {
  if (before !== undefined) {
    const given = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    await Promise.race([before, given]);
  }
  if (signal.aborted) throw new LateCall();
  return work();
}
