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
  private starved = false;

  private constructor(
    private readonly device: string,
    private descriptor: number | undefined,
    private readonly log: Logger,
    /** When an unfed device resets the machine; its own time where ours could not be set. */
    private readonly timeoutSeconds: number,
  ) {}

  /** Never throws: without its device the node runs unwatched, and the log says so. */
  static open(use: WatchdogUse, log: Logger, setTimeout: SetTimeout = setByWdctl): Watchdog {
    let descriptor: number | undefined;
    let timeoutSeconds = use.timeoutSeconds;
    try {
      const problem = setTimeout(use);
      descriptor = openSync(use.device, constants.O_WRONLY | constants.O_NONBLOCK);
      const fields = { device: use.device, timeoutSeconds: use.timeoutSeconds };
      if (problem === undefined) log.info("watchdog.opened", fields);
      else {
        timeoutSeconds = ownTimeout(use.device) ?? timeoutSeconds;
        log.warn("watchdog.own-timeout", { device: use.device, wantedSeconds: use.timeoutSeconds, problem });
      }
    } catch (error) {
      const advice = "this node runs unwatched; load the driver (modprobe softdog) or correct the path";
      log.error("watchdog.missing", { device: use.device, error, advice });
    }
    return new Watchdog(use.device, descriptor, log, timeoutSeconds);
  }

  /** Once a pulse of the engine. */
  feed(): void {
    if (!this.starved) this.write(KEEP_ALIVE);
  }

  /** No pulse feeds it any more. Returns how soon the device resets the machine, in ms; undefined without a device. */
  stopFeeding(reason: string): number | undefined {
    if (this.descriptor === undefined) return undefined;
    const { device, timeoutSeconds } = this;
    if (!this.starved) this.log.error("watchdog.starved", { device, timeoutSeconds, reason });
    this.starved = true;
    return timeoutSeconds * 1000;
  }

  /** `orderly`: the node has let go of everything. Otherwise the device stays armed and resets the machine. */
  close(orderly: boolean): void {
    // Some drivers take any close for an orderly one: it stays open for as long as this process lives.
    if (this.descriptor === undefined || this.starved) return;
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
  const own = ownTimeout(device);
  return `wdctl could not set it (${why}); its own timeout counts${own === undefined ? "" : `: ${own} s`}`;
}

/** In seconds; undefined where the kernel does not say. */
function ownTimeout(device: string): number | undefined {
  const name = basename(device) === "watchdog" ? "watchdog0" : basename(device);
  try {
    const seconds = Number(readFileSync(`/sys/class/watchdog/${name}/timeout`, "utf8"));
    return seconds > 0 ? seconds : undefined;
  } catch {
    return undefined;
  }
}
