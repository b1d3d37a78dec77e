// The kernel's watchdog: fed as long as the engine makes progress, told of an orderly end, and left armed after any other.
import { spawnSync } from "node:child_process";
import { closeSync, constants, fstatSync, openSync, readFileSync, writeSync } from "node:fs";
import { basename } from "node:path";
import type { WatchdogUse } from "@systole/core";
import type { Logger } from "@systole/core/ports";

const KEEP_ALIVE = Uint8Array.of(0);
/** Tells the driver that the close that follows is meant. */
const MAGIC_CLOSE = new TextEncoder().encode("V");
/** Looks without opening: Node has no name for it. */
const O_PATH = 0o10000000;
const SET_TIMEOUT_MS = 5000;

/** Asks the device for a timeout. Returns what went wrong, as a sentence, or undefined. */
export type SetTimeout = (use: WatchdogUse) => string | undefined;

export class Watchdog {
  private failed = false;

  private constructor(
    private readonly device: string,
    private descriptor: number | undefined,
    private readonly log: Logger,
  ) {}

  /** Never throws: without its device the node runs unwatched, and the log says so. */
  static open(use: WatchdogUse, log: Logger, setTimeout: SetTimeout = setByWdctl): Watchdog {
    let descriptor: number | undefined;
    try {
      const problem = setTimeout(use);
      descriptor = openSync(use.device, constants.O_WRONLY | constants.O_NONBLOCK);
      const fields = { device: use.device, timeoutSeconds: use.timeoutSeconds };
      if (problem === undefined) log.info("watchdog.opened", fields);
      else
        log.warn("watchdog.own-timeout", { device: use.device, wantedSeconds: use.timeoutSeconds, problem });
    } catch (error) {
      const advice = "this node runs unwatched; load the driver (modprobe softdog) or correct the path";
      log.error("watchdog.missing", { device: use.device, error, advice });
    }
    return new Watchdog(use.device, descriptor, log);
  }

  /** Once a pulse of the engine. */
  feed(): void {
    this.write(KEEP_ALIVE);
  }

  /** `orderly`: the node has let go of everything. Otherwise the device stays armed and resets the machine. */
  close(orderly: boolean): void {
    if (this.descriptor === undefined) return;
    if (orderly) this.write(MAGIC_CLOSE);
    else this.log.error("watchdog.left-armed", { device: this.device, advice: "it resets this machine" });
    closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private write(bytes: Uint8Array): void {
    if (this.descriptor === undefined) return;
    try {
      writeSync(this.descriptor, bytes);
      this.failed = false;
    } catch (error) {
      if (!this.failed) this.log.error("watchdog.write-failed", { device: this.device, error });
      this.failed = true;
    }
  }
}

/** Through `wdctl`, which opens the device for a moment before we do. */
function setByWdctl({ device, timeoutSeconds }: WatchdogUse): string | undefined {
  const probe = openSync(device, O_PATH);
  const isDevice = fstatSync(probe).isCharacterDevice();
  closeSync(probe);
  if (!isDevice) return "it is no device, so it has no timeout";
  const args = ["--settimeout", String(timeoutSeconds), device];
  const done = spawnSync("wdctl", args, { encoding: "utf8", timeout: SET_TIMEOUT_MS });
  if (done.status === 0) return undefined;
  const why = done.error?.message ?? done.stderr.trim();
  return `wdctl could not set it (${why}); its own timeout counts${ownTimeout(device)}`;
}

function ownTimeout(device: string): string {
  const name = basename(device) === "watchdog" ? "watchdog0" : basename(device);
  try {
    return `: ${readFileSync(`/sys/class/watchdog/${name}/timeout`, "utf8").trim()} s`;
  } catch {
    return "";
  }
}
