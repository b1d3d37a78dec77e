// The operations of one resource, one after the other. Two at once would fight: a stop that overtakes a start which is
// still being given up leaves the resource running, and says that it does not.
import type { Clock, OperationResult, ResourceAction } from "../ports/index.js";

/** One operation that waits or is under way. */
export interface Turn {
  readonly action: ResourceAction;
  /** Counted from the moment when it begins; as long again it waits for its turn. */
  readonly timeoutMs: number;
  readonly controller: AbortController;
  /** Asks the agent. The turn lasts until this settles, however long ago its answer was given. */
  readonly perform: (signal: AbortSignal) => Promise<OperationResult>;
}

/** How long an agent may take to give up after its deadline, before its operation counts as hanging. */
const GRACE_MS = 5000;
/** Turns that may wait for one resource; the engine asks for one at a time, and announcements come on top. */
const MAX_WAITING = 16;

interface Waiting {
  readonly turn: Turn;
  readonly begin: () => void;
}

/**
 * At most one operation at a time, in the order of `run`. The next begins when the agent has ended the one before, also
 * when that was cancelled or is overdue: then it is told so after `GRACE_MS`, but its successor still waits. An
 * announcement gives way: it is aborted when a start or a stop is asked for, since it is about to be untrue; so does a
 * question whether another host serves it, whose answer nobody waits for then.
 */
export class ResourceQueue {
  readonly #waiting: Waiting[] = [];
  #current: Turn | undefined;

  constructor(
    private readonly resource: string,
    private readonly clock: Clock,
  ) {}

  /** Aborts everything that waits or is under way. Each still answers. */
  cancelAll(reason: Error): void {
    const turns = [this.#current, ...this.#waiting.map(({ turn }) => turn)];
    for (const turn of turns) turn?.controller.abort(reason);
  }

  /** Never rejects, and always answers: at the latest after twice the time-out and the grace. */
  run(turn: Turn): Promise<OperationResult> {
    if (this.#waiting.length >= MAX_WAITING) {
      const reason = `${MAX_WAITING} operations wait for ${this.resource} already`;
      return Promise.resolve({ ok: false, kind: "error", reason });
    }
    if (turn.action === "start" || turn.action === "stop") this.#silence(turn.action);
    return new Promise((resolve) => {
      const giveUp = (reason: string): void => {
        const index = this.#waiting.indexOf(waiting);
        if (index < 0) return;
        this.#waiting.splice(index, 1);
        settleWait();
        resolve({ ok: false, kind: "timeout", reason });
      };
      const cancelled = (): void =>
        giveUp(`the ${turn.action} of ${this.resource} was cancelled before it began`);
      const cancelWait = this.clock.wakeAt(this.clock.nowMs() + turn.timeoutMs + GRACE_MS, () =>
        giveUp(
          `the ${turn.action} of ${this.resource} could not begin: its ${this.#current?.action} has not ended`,
        ),
      );
      const settleWait = (): void => {
        cancelWait();
        turn.controller.signal.removeEventListener("abort", cancelled);
      };
      const begin = (): void => {
        settleWait();
        void this.#begin(turn, resolve);
      };
      const waiting = { turn, begin };
      turn.controller.signal.addEventListener("abort", cancelled, { once: true });
      this.#waiting.push(waiting);
      this.#next();
    });
  }

  #silence(by: ResourceAction): void {
    const turns = [this.#current, ...this.#waiting.map(({ turn }) => turn)];
    for (const turn of turns)
      if (turn?.action === "announce" || turn?.action === "elsewhere")
        turn.controller.abort(new Error(`gave way to a ${by}`));
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#current = next.turn;
    next.begin();
  }

  async #begin(turn: Turn, resolve: (result: OperationResult) => void): Promise<void> {
    const { action, timeoutMs, controller } = turn;
    const beganMs = this.clock.nowMs();
    const overdue = new Error(`${action} of ${this.resource} took longer than ${timeoutMs} ms`);
    const cancelTimeout = this.clock.wakeAt(beganMs + timeoutMs, () => controller.abort(overdue));
    const cancelGrace = this.clock.wakeAt(beganMs + timeoutMs + GRACE_MS, () => {
      const reason = `the agent does not end its ${action} of ${this.resource}`;
      resolve({ ok: false, kind: "timeout", reason });
    });
    try {
      resolve(await turn.perform(controller.signal));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      resolve({ ok: false, kind: "error", reason });
    } finally {
      cancelTimeout();
      cancelGrace();
      this.#current = undefined;
      this.#next();
    }
  }
}
