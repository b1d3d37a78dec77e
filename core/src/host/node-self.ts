// What Linux tells of the machine itself, for the question whether a node was there all the time: cheap enough for each keepalive.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { hrtime } from "node:process";
import type { SelfObserved } from "../ports/index.js";

/** The slower files are read no more often than this. */
const SLOWLY_MS = 1000;
/** When the process was interrupted between two looks at two clocks for longer than this, they cannot be compared. */
const SAME_MOMENT_MS = 5;
const ATTEMPTS = 3;
/** The kernel counts the time of CPUs in hundredths of a second (USER_HZ). */
const MS_PER_TICK = 10;
/** The eighth number of the first line of /proc/stat. */
const STEAL_FIELD = 8;

export class NodeSelf {
  readonly #cpus = cpus().length;
  #slowlyAtMs = Number.NEGATIVE_INFINITY;

  /** `root`: where /proc is, for tests. */
  constructor(private readonly root = "/proc") {}

  /** Never throws: what this kernel does not tell is left out. */
  look(): Omit<SelfObserved, "carriers"> {
    const suspendedMs = this.#suspendedMs();
    return { ...(suspendedMs !== undefined && { suspendedMs }), ...this.#slowly() };
  }

  /** Boot time goes on while a machine is suspended, monotonic time does not. */
  #suspendedMs(): number | undefined {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const beforeMs = monotonicMs();
      const seconds = Number(this.#read("uptime")?.split(" ")[0] ?? Number.NaN);
      const afterMs = monotonicMs();
      if (Number.isNaN(seconds)) return undefined;
      if (afterMs - beforeMs <= SAME_MOMENT_MS) return seconds * 1000 - afterMs;
    }
    return undefined;
  }

  #slowly(): Omit<SelfObserved, "carriers" | "suspendedMs"> {
    const nowMs = monotonicMs();
    if (nowMs - this.#slowlyAtMs < SLOWLY_MS) return {};
    this.#slowlyAtMs = nowMs;
    const ticks = Number(this.#read("stat")?.split("\n")[0]?.trim().split(/\s+/)[STEAL_FIELD]);
    const waiting = Number(/^some avg10=([\d.]+)/m.exec(this.#read("pressure/cpu") ?? "")?.[1]);
    return {
      ...(Number.isFinite(ticks) && { stolenMs: ticks * MS_PER_TICK, cpus: this.#cpus }),
      ...(Number.isFinite(waiting) && { cpuPressure: waiting / 100 }),
    };
  }

  #read(name: string): string | undefined {
    try {
      return readFileSync(`${this.root}/${name}`, "utf8");
    } catch {
      return undefined;
    }
  }
}

function monotonicMs(): number {
  return Number(hrtime.bigint() / 1000n) / 1000;
}
