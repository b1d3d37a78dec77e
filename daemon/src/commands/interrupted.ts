// Work that lasts until somebody has had enough of it.

const TOLD_TO_END = ["SIGINT", "SIGTERM"] as const;
/** And when the terminal is closed. */
export const OR_LEFT = [...TOLD_TO_END, "SIGHUP"] as const;

/** The signal aborts at Ctrl-C, and when the process is told to end; or at other `signals`. */
export async function untilInterrupted<Value>(
  work: (signal: AbortSignal) => Promise<Value>,
  signals: readonly NodeJS.Signals[] = TOLD_TO_END,
): Promise<Value> {
  const enough = new AbortController();
  const stop = (): void => enough.abort();
  for (const signal of signals) process.once(signal, stop);
  try {
    return await work(enough.signal);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

/** Resolves after so long, or at once when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
