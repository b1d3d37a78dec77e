// What runs beside the cluster because ha.cf says so: its programs and its watchdog, bound to the life of the node.
import type { Cluster, ClusterEnd, ClusterModel, ClusterObserver } from "@systole/core";
import type { Clock, Logger, SelfReset } from "@systole/core/ports";
import type { Systemd } from "../systemd/systemd.js";
import { ClientSupervisor } from "./client-supervisor.js";
import { Watchdog } from "./watchdog.js";

export class Companions {
  readonly observer: ClusterObserver;
  private readonly supervisor: ClientSupervisor;
  private readonly watchdog: Watchdog | undefined;
  private cluster: Cluster | undefined;
  private fatalReason: string | undefined;

  /** Opens the watchdog; the programs start with the node's own part in the cluster. */
  constructor(
    model: ClusterModel,
    clock: Clock,
    log: Logger,
    private readonly systemd?: Systemd,
  ) {
    this.watchdog = model.watchdog === undefined ? undefined : Watchdog.open(model.watchdog, log);
    this.supervisor = new ClientSupervisor({
      clients: model.clients ?? [],
      environment: model.clientEnvironment ?? {},
      clock,
      log,
      fatal: (reason) => this.fail(reason),
    });
    const { keepaliveMs } = model.timings;
    warnOfHaste(this.systemd?.watchdogMs, keepaliveMs, log);
    this.observer = {
      pulsed: () => {
        this.watchdog?.feed();
        this.systemd?.pulsed(clock.nowMs(), keepaliveMs, () => this.sentence());
      },
      active: () => this.supervisor.start(),
    };
  }

  /** The cluster that a failing `failfast` program ends. */
  attach(cluster: Cluster): void {
    this.cluster = cluster;
    this.systemd?.ready();
    if (this.fatalReason !== undefined) void cluster.request({ kind: "stop" });
  }

  /** The node is about to leave. */
  leaving(): void {
    this.systemd?.stopping();
    this.supervisor.leaving();
  }

  /** Ends everything. Returns how the node's life ended, all in all. */
  async end(end: ClusterEnd): Promise<ClusterEnd & { readonly failed: boolean }> {
    await this.supervisor.stop();
    const failed = this.fatalReason !== undefined;
    this.watchdog?.close(end.kind === "left" && !failed);
    return { ...end, reason: this.fatalReason ?? end.reason, failed };
  }

  /** The watchdog as the cluster's plugins may use it. */
  get selfReset(): SelfReset {
    return { stopFeeding: (reason) => this.watchdog?.stopFeeding(reason) };
  }

  /** It did not even start: nothing was held, so the machine may live on. */
  abandon(): void {
    this.watchdog?.close(true);
  }

  /** What this node does, for `systemctl status`. */
  private sentence(): string {
    const view = this.cluster?.view();
    if (view === undefined) return "starting";
    const own = view.groups.filter(({ owner }) => owner === view.node).map(({ key }) => key);
    return `serves ${own.join(", ") || "nothing"}; ${view.why}`;
  }

  private fail(reason: string): void {
    this.fatalReason = reason;
    this.leaving();
    void this.cluster?.request({ kind: "stop" });
  }
}

/** systemd must hear of at least two signs of life in the time that it waits for one. */
function warnOfHaste(watchdogMs: number | undefined, keepaliveMs: number, log: Logger): void {
  if (watchdogMs === undefined || watchdogMs >= 2 * keepaliveMs) return;
  const advice = `set WatchdogSec to ${Math.ceil((4 * keepaliveMs) / 1000)} or more, or make keepalive shorter`;
  log.warn("systemd.watchdog-hasty", { watchdogMs, keepaliveMs, advice });
}
