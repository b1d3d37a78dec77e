// The rhythm of announcements: the first at once, the others on timers that end with the address.
import type { AnnounceOptions, Logger } from "@systole/sdk";

const DEFAULT_REPEAT = 5;
const DEFAULT_INTERVAL_MS = 200;
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
    const intervalMs = Math.max(options?.intervalMs ?? DEFAULT_INTERVAL_MS, MIN_INTERVAL_MS);
    let left = Math.min(Math.max(options?.repeat ?? DEFAULT_REPEAT, 1), MAX_REPEAT);
    const sendAndWait = async (): Promise<void> => {
      await sendOnce();
      left -= 1;
      if (running.cancelled) return;
      if (left <= 0) {
        this.#end(key, running);
        return;
      }
      running.timer = setTimeout(() => {
        sendAndWait().catch((error: unknown) => {
          if (!running.cancelled) this.#log.warn("network.announce-failed", { key, error: String(error) });
          this.#end(key, running);
        });
      }, intervalMs).unref();
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

export function announcementKey(spec: { readonly address: string; readonly interface: string }): string {
  return `${spec.address} ${spec.interface}`;
}
