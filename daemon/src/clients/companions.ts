// What runs beside the cluster because ha.cf says so: its programs and its watchdog, bound to the life of the node.
import type { Cluster, ClusterEnd, ClusterModel, ClusterObserver } from "@systole/core";
import type { Clock, Logger } from "@systole/core/ports";
import { ClientSupervisor } from "./client-supervisor.js";
import { Watchdog } from "./watchdog.js";

export class Companions {
  readonly observer: ClusterObserver;
  private readonly supervisor: ClientSupervisor;
  private readonly watchdog: Watchdog | undefined;
  private cluster: Cluster | undefined;
  private fatalReason: string | undefined;

  /** Opens the watchdog; the programs start with the node's own part in the cluster. */
  constructor(model: ClusterModel, clock: Clock, log: Logger) {
    this.watchdog = model.watchdog === undefined ? undefined : Watchdog.open(model.watchdog, log);
    this.supervisor = new ClientSupervisor({
      clients: model.clients ?? [],
      environment: model.clientEnvironment ?? {},
      clock,
      log,
      fatal: (reason) => this.fail(reason),
    });
    this.observer = {
      pulsed: () => this.watchdog?.feed(),
      active: () => this.supervisor.start(),
    };
  }

  /** The cluster that a failing `failfast` program ends. */
  attach(cluster: Cluster): void {
    this.cluster = cluster;
    if (this.fatalReason !== undefined) void cluster.request({ kind: "stop" });
  }

  /** The node is about to leave. */
  leaving(): void {
    this.supervisor.leaving();
  }

  /** Ends everything. Returns how the node's life ended, all in all. */
  async end(end: ClusterEnd): Promise<ClusterEnd & { readonly failed: boolean }> {
    await this.supervisor.stop();
    const failed = this.fatalReason !== undefined;
    this.watchdog?.close(end.kind === "left" && !failed);
    return { ...end, reason: this.fatalReason ?? end.reason, failed };
  }

  /** It did not even start: nothing was held, so the machine may live on. */
  abandon(): void {
    this.watchdog?.close(true);
  }

  private fail(reason: string): void {
    this.fatalReason = reason;
    this.leaving();
    void this.cluster?.request({ kind: "stop" });
  }
}
