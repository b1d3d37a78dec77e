// Link and address changes: `ip monitor` says when to look, `ip -json` says what there is. A change that is undone
// before we look is not reported.
import type { ChildProcess } from "node:child_process";
import type { LinkEvent, Logger } from "@systole/sdk";
import { HostState } from "../host-state.js";
import { lookAtHost, lookAtHostNow } from "./host-picture.js";
import { startProgram } from "./run-program.js";

/** Nobody says when `ip monitor` has begun to listen, or that it fell behind: look now and then anyway. */
const LOOK_ANYWAY_MS = 2000;
const RESTART_AFTER_MS = 1000;

/** Throws `NETWORK_UNSUPPORTED`. Returns a function that ends it. */
export function watchByMonitor(log: Logger, listener: (event: LinkEvent) => void): () => void {
  const state = new HostState();
  const ended = new AbortController();
  let monitor: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let looking = false;
  let lookAgain = false;

  const look = async (): Promise<void> => {
    lookAgain = true;
    if (looking) return;
    looking = true;
    while (lookAgain && !ended.signal.aborted) {
      lookAgain = false;
      try {
        const { interfaces, addresses } = await lookAtHost(ended.signal);
        for (const event of state.replace(interfaces, addresses)) {
          if (!ended.signal.aborted) listener(event);
        }
      } catch (error) {
        if (!ended.signal.aborted) log.warn("network.look-failed", { error: String(error) });
      }
    }
    looking = false;
  };
  const startMonitor = (): void => {
    monitor = startProgram("ip", ["-oneline", "monitor", "link", "address"]);
    monitor.stdout?.on("data", () => void look());
    monitor.stderr?.resume();
    monitor.once("error", (error) => log.warn("network.monitor-failed", { error: String(error) }));
    monitor.once("close", () => {
      if (ended.signal.aborted) return;
      log.warn("network.monitor-ended", { restartAfterMs: RESTART_AFTER_MS });
      restart = setTimeout(startMonitor, RESTART_AFTER_MS).unref();
    });
  };

  const { interfaces, addresses } = lookAtHostNow();
  state.replace(interfaces, addresses);
  startMonitor();
  const lookAnyway = setInterval(() => void look(), LOOK_ANYWAY_MS).unref();
  return () => {
    if (ended.signal.aborted) return;
    ended.abort();
    clearInterval(lookAnyway);
    clearTimeout(restart);
    monitor?.kill("SIGKILL");
  };
}
