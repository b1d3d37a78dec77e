// What a configuration says of fencing, as far as the decision when to fence depends on it.

/** Every time is in ms. */
export interface FencingRules {
  /** How long the others wait before they fence a node that fell silent, by node; absent: not at all. */
  readonly delayMs: Readonly<Record<string, number>>;
  /** How much longer the side waits that runs fewer groups, when neither side of a divided cluster is the majority. */
  readonly priorityDelayMs: number;
  /** Pause after the first failure; doubled after each further one, up to `longestRetryMs`. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
  /** Failures after which a person is waited for; 0: it is tried without end. */
  readonly attempts: number;
}

/** A node that is to be fenced and is not yet. */
export interface FenceCaseView {
  readonly node: string;
  /** Why it must be, as a sentence. */
  readonly why: string;
  /** `elsewhere`: another node does it. `given-up`: only a person helps. */
  readonly phase: "delayed" | "under-way" | "retrying" | "given-up" | "elsewhere";
  /** What it waits for, as a sentence. */
  readonly waitsFor: string;
  /** Failures so far. */
  readonly failures: number;
  /** What the last failure was. */
  readonly lastFailure?: string;
  /** Until the next attempt, while it waits for one. */
  readonly nextInMs?: number;
}
