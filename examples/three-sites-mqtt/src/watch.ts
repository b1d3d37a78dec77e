// What the demo watches all the time: who answers a visitor, and at how many sites the shop runs at once.
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { monotonicMs } from "@systole/test/lab";
import { CLOUD, SHOP, type SiteName } from "./places.js";
import type { ThreeSites } from "./sites.js";

const VISITOR = fileURLToPath(new URL("../dist/visitor.js", import.meta.url));
const LOOK_EVERY_MS = 20;

interface Visit {
  readonly sentMs: number;
  readonly answeredBy?: string;
}

export class Watch {
  private readonly visits: Visit[] = [];
  private readonly looks: { readonly atMs: number; readonly serving: readonly SiteName[] }[] = [];
  private readonly visitor: ChildProcess;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly sites: ThreeSites) {
    this.visitor = sites.cloud.spawn([process.execPath, VISITOR, CLOUD, SHOP], ["pipe", "pipe", "inherit"]);
    this.visitor.stdin?.on("error", () => undefined);
    if (this.visitor.stdout !== null)
      createInterface({ input: this.visitor.stdout }).on("line", (line) =>
        this.visits.push(JSON.parse(line) as Visit),
      );
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** Who has answered all of the last `forMs`; undefined when not one site alone has. */
  answering(forMs: number): string | undefined {
    const fromMs = monotonicMs() - forMs;
    const last = this.visits.filter(({ sentMs }) => sentMs >= fromMs).map(({ answeredBy }) => answeredBy);
    return last.length > 2 && new Set(last).size === 1 ? last[0] : undefined;
  }

  /** Nobody was served in the last `forMs`. */
  isSilent(forMs: number): boolean {
    const fromMs = monotonicMs() - forMs;
    const last = this.visits.filter(({ sentMs }) => sentMs >= fromMs);
    return last.length > 2 && last.every(({ answeredBy }) => answeredBy === undefined);
  }

  /** The most sites at which the shop ran at once since then. */
  mostAtOnce(sinceMs: number): number {
    return Math.max(
      0,
      ...this.looks.filter(({ atMs }) => atMs >= sinceMs).map(({ serving }) => serving.length),
    );
  }

  /** The longest time between two good answers since then, in ms. */
  longestGapMs(sinceMs: number): number {
    const good = this.visits.filter(
      ({ sentMs, answeredBy }) => sentMs >= sinceMs && answeredBy !== undefined,
    );
    const times = [sinceMs, ...good.map(({ sentMs }) => sentMs), monotonicMs()];
    return Math.round(Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs))));
  }

  close(): void {
    clearInterval(this.timer);
    this.visitor.stdin?.end();
  }

  private look(): void {
    this.looks.push({ atMs: monotonicMs(), serving: this.sites.serving() });
  }
}
