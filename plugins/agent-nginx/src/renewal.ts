// Lets a master replace its workers, which nginx does without refusing anybody: new workers serve what comes from now on,
// the old ones finish what they have begun. It is how a configuration is loaded, and how a stop waits for long requests.
import type { Clock } from "@systole/sdk";
import { pause } from "./ending.js";
import { descendantsOf, isAlive, nginxProcess, type NginxProcess } from "./processes-of.js";

/** A master that has not begun by then has refused the configuration, or is not able to. */
const BEGINS_WITHIN_MS = 3000;
const POLL_MS = 2;
const RETIRING = "is shutting down";

/** The workers that retire, or undefined when the master did not replace any in time, or `signal` aborted. */
export async function renewWorkers(
  master: NginxProcess,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly NginxProcess[] | undefined> {
  const before = (await descendantsOf(master)).filter(({ title }) => !title.includes(RETIRING));
  const until = clock.nowMs() + BEGINS_WITHIN_MS;
  try {
    process.kill(master.pid, "SIGHUP");
  } catch {
    return undefined;
  }
  while (!signal.aborted && clock.nowMs() < until) {
    if (before.length > 0 && before.every(retires)) return before;
    await pause(POLL_MS, clock, signal);
  }
  return undefined;
}

function retires(worker: NginxProcess): boolean {
  return !isAlive(worker) || (nginxProcess(worker.pid)?.title.includes(RETIRING) ?? true);
}
