// Starts the parts of a cluster in the order of their dependencies and stops them in the reverse order, none of them for ever.
import { SystoleError, type Clock, type Startable } from "../ports/index.js";
import { boundedCall, type CallOutcome, type Ending } from "./bounded-call.js";
import { reasonOf } from "./plugin-problem.js";

export interface LifecyclePart {
  readonly plugin: string;
  readonly port: string;
  readonly name: string;
  readonly part: Startable;
}

export interface LifecycleDeadlines {
  /** For each part. */
  readonly startMs: number;
  readonly stopMs: number;
  /** How long a part whose signal has aborted may take to release what it opened. */
  readonly releaseMs: number;
}

export const LIFECYCLE_DEADLINES: LifecycleDeadlines = { startMs: 10_000, stopMs: 10_000, releaseMs: 1_000 };

/** A part that did not start or stop: facts for `details`. */
export interface PartFailure {
  readonly plugin: string;
  readonly port: string;
  readonly name: string;
  readonly reason: string;
}

/** One start and one stop of a row of parts. */
export class Lifecycle {
  readonly #parts: readonly LifecyclePart[];
  readonly #clock: Clock;
  readonly #deadlines: LifecycleDeadlines;
  /** Aborts a start that is overtaken by a stop. */
  readonly #overtaken = new AbortController();
  /** Parts whose `start` was called, in that order. */
  readonly #begun: LifecyclePart[] = [];
  /** What could not be stopped when a start was undone. */
  #unwound: readonly PartFailure[] = [];
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  /** `parts` in dependency order: each after everything that it uses. */
  constructor(
    parts: readonly LifecyclePart[],
    clock: Clock,
    deadlines: LifecycleDeadlines = LIFECYCLE_DEADLINES,
  ) {
    this.#parts = parts;
    this.#clock = clock;
    this.#deadlines = deadlines;
  }

  /**
   * Starts every part, one after the other. When one fails, hangs or the signal aborts, what was begun is stopped in the
   * reverse order, and `PLUGIN_START_FAILED` names the plugin and the provider. Callable once.
   */
  start(signal: AbortSignal): Promise<void> {
    if (this.#starting !== undefined || this.#stopping !== undefined)
      return Promise.reject(new SystoleError("PLUGIN_START_FAILED", "A lifecycle starts only once."));
    this.#starting = this.#startAll(AbortSignal.any([signal, this.#overtaken.signal]));
    return this.#starting;
  }

  /**
   * Stops everything that was begun, in the reverse order, and goes on when one fails; then throws
   * `PLUGIN_STOP_FAILED` with all failures. A start under way is aborted first. Calling it again gives the same promise.
   */
  stop(signal: AbortSignal): Promise<void> {
    this.#stopping ??= this.#overtakeAndStop(signal);
    return this.#stopping;
  }

  async #startAll(signal: AbortSignal): Promise<void> {
    for (const part of this.#parts) {
      const outcome = await this.#startOne(part, signal);
      if (outcome.kind === "done") continue;
      // The signal that ended the start must not cut short the clearing up.
      this.#unwound = await this.#stopBegun(new AbortController().signal);
      throw startError(part, outcome, this.#deadlines.startMs, this.#unwound);
    }
  }

  #startOne(part: LifecyclePart, signal: AbortSignal): Promise<CallOutcome> | CallOutcome {
    if (signal.aborted) return { kind: "aborted", ending: { kind: "done" } };
    this.#begun.push(part);
    const bounds = { deadlineMs: this.#deadlines.startMs, releaseMs: this.#deadlines.releaseMs };
    return boundedCall(this.#clock, bounds, signal, (inner) => part.part.start(inner));
  }

  async #overtakeAndStop(signal: AbortSignal): Promise<void> {
    this.#overtaken.abort(new Error("stopped while starting"));
    // The start's own caller hears of its failure; here only its end counts.
    await this.#starting?.catch(() => undefined);
    const failures = [...this.#unwound, ...(await this.#stopBegun(signal))];
    if (failures.length === 0) return;
    const sentences = failures.map(
      ({ plugin, port, name, reason }) => `${port}:${name} of ${plugin} ${reason}.`,
    );
    throw new SystoleError("PLUGIN_STOP_FAILED", `Not everything stopped: ${sentences.join(" ")}`, {
      details: { failures },
    });
  }

  async #stopBegun(signal: AbortSignal): Promise<readonly PartFailure[]> {
    const bounds = { deadlineMs: this.#deadlines.stopMs, releaseMs: this.#deadlines.releaseMs };
    const failures: PartFailure[] = [];
    for (let next = this.#begun.pop(); next !== undefined; next = this.#begun.pop()) {
      const { part, ...who } = next;
      const outcome = await boundedCall(this.#clock, bounds, signal, (inner) => part.stop(inner));
      const ending = "ending" in outcome ? outcome.ending : outcome;
      // A stop that ended late has still stopped.
      if (ending.kind !== "done")
        failures.push({ ...who, reason: reasonSentence(outcome, bounds.deadlineMs) });
    }
    return failures;
  }
}

function startError(
  { plugin, port, name }: LifecyclePart,
  outcome: CallOutcome,
  deadlineMs: number,
  stopFailures: readonly PartFailure[],
): SystoleError {
  const reason = reasonSentence(outcome, deadlineMs);
  const left = stopFailures.map((failure) => `${failure.port}:${failure.name}`).join(", ");
  const clearing = left === "" ? "What had started is stopped." : `Not stopped again: ${left}.`;
  const cause = outcome.kind === "failed" ? outcome.error : undefined;
  return new SystoleError(
    "PLUGIN_START_FAILED",
    `${port}:${name} of plugin ${plugin} did not start: it ${reason}. ${clearing}`,
    {
      retryable: (cause as { readonly retryable?: unknown } | undefined)?.retryable === true,
      details: { plugin, port, name, outcome: outcome.kind, reason, stopFailures },
      cause,
    },
  );
}

/** What became of a call, to follow the name of a part. */
function reasonSentence(outcome: CallOutcome, deadlineMs: number): string {
  switch (outcome.kind) {
    case "done":
      return "succeeded";
    case "failed":
      return `failed: ${reasonOf(outcome.error)}`;
    case "timeout":
      return `took longer than ${deadlineMs} ms${endingSentence(outcome.ending)}`;
    case "aborted":
      return `was aborted${endingSentence(outcome.ending)}`;
  }
}

function endingSentence(ending: Ending): string {
  switch (ending.kind) {
    case "done":
      return "";
    case "failed":
      return ` and then failed: ${reasonOf(ending.error)}`;
    case "hung":
      return " and does not react to being aborted";
  }
}
