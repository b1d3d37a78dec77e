// Bounded waiting: every wait of the lab names what it waits for and tells, when it gives up, what it saw instead.

/** Something in the lab is not as it must be. The message is for a person and includes the evidence at hand. */
export class LabError extends Error {
  override readonly name = "LabError";
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly everyMs?: number;
  /** Told in the error: what was seen at the end. */
  readonly describe?: () => string;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves after `delayMs`, or rejects with the signal's reason. */
export function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** Resolves with the first value of `probe` that is neither undefined nor false. Throws LabError after `timeoutMs`. */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: WaitOptions,
): Promise<T> {
  const deadlineMs = monotonicMs() + options.timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (monotonicMs() >= deadlineMs) {
      const seen = options.describe === undefined ? "" : `; seen: ${options.describe()}`;
      throw new LabError(`waited ${String(options.timeoutMs)} ms for ${what}${seen}`);
    }
    await pause(options.everyMs ?? 10, options.signal);
  }
}

/** The kernel's monotonic clock in ms: the same in every process of this machine, namespaces or not. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
