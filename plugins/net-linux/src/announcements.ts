// The rhythm of announcements: the first at once, the others on timers that end with the address. After a quick series
// come slow ones: what a killed node left running may go on announcing the address for its own machine for some seconds.
import type { AnnounceOptions, Logger } from "@systole/sdk";

const QUICK_REPEAT = 5;
const QUICK_INTERVAL_MS = 200;
const SLOW_REPEAT = 10;
const SLOW_INTERVAL_MS = 1000;
const MAX_REPEAT = 100;
const MIN_INTERVAL_MS = 10;

interface Running {
  timer?: NodeJS.Timeout;
  cancelled: boolean;
}

/** Announcements under way, at most one series for an address. */
export class Announcements {
  readonly #running = new Map<string, Running>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Resolves when the first was sent, rejects as `sendOnce` does. A later failure is logged and ends the series. */
  async begin(
    key: string,
    options: AnnounceOptions | undefined,
    sendOnce: () => Promise<void>,
  ): Promise<void> {
    this.cancel(key);
    const running: Running = { cancelled: false };
    this.#running.set(key, running);
    const pauses = pausesMs(options).values();
    const sendAndWait = async (): Promise<void> => {
      await sendOnce();
      if (running.cancelled) return;
      const pause = pauses.next();
      if (pause.done === true) {
        this.#end(key, running);
        return;
      }
      running.timer = setTimeout(() => {
        sendAndWait().catch((error: unknown) => {
          if (!running.cancelled) this.#log.warn("network.announce-failed", { key, error: String(error) });
          this.#end(key, running);
        });
      }, pause.value).unref();
    };
    try {
      await sendAndWait();
    } catch (error) {
      this.#end(key, running);
      throw error;
    }
  }

  cancel(key: string): void {
    const running = this.#running.get(key);
    if (running !== undefined) this.#end(key, running);
  }

  close(): void {
    for (const key of this.#running.keys()) this.cancel(key);
  }

  #end(key: string, running: Running): void {
    running.cancelled = true;
    clearTimeout(running.timer);
    if (this.#running.get(key) === running) this.#running.delete(key);
  }
}

/** How long to wait before each announcement but the first. */
function pausesMs({ repeat, intervalMs = QUICK_INTERVAL_MS }: AnnounceOptions = {}): readonly number[] {
  const quickMs = Math.max(intervalMs, MIN_INTERVAL_MS);
  if (repeat !== undefined) {
    return Array.from({ length: Math.min(Math.max(repeat, 1), MAX_REPEAT) - 1 }, () => quickMs);
  }
  const slowMs = Math.max(SLOW_INTERVAL_MS, quickMs);
  return Array.from({ length: QUICK_REPEAT - 1 + SLOW_REPEAT }, (_, index) =>
    index < QUICK_REPEAT - 1 ? quickMs : slowMs,
  );
}

export function announcementKey(spec: { readonly address: string; readonly interface: string }): string {
  return `${spec.address} ${spec.interface}`;
}
