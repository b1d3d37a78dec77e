// What a node in a function does once its turn is saved: agents, fence devices, quorums and notifiers, each as on a daemon. Whatever
// ends is told, with the life that had wanted it.
import { DEFAULT_FENCING_RULES, type EngineEffect, type EngineInput } from "../../engine/index.js";
import { FenceDevice, Notifier, Quorum, type EngineEvent } from "../../ports/index.js";
import type { ClusterHost } from "../cluster-host.js";
import { resourcesOf } from "../cluster-resources.js";
import { EventLog } from "../event-log.js";
import { ConfirmationDesk } from "../fencing/confirmation-desk.js";
import { fencingBy } from "../fencing/fencing-config.js";
import { NodeFencing } from "../fencing/node-fencing.js";
import { letGoOfEverything } from "../let-go.js";
import type { ClusterModel } from "../model.js";
import { Notifications } from "../notifications.js";
import { Operations } from "../operations.js";
import type { ComposedPlugins } from "../plugin-composer.js";
import { Quorums } from "../quorums.js";

export interface DeedsInit {
  readonly model: ClusterModel;
  readonly host: ClusterHost;
  readonly composed: ComposedPlugins;
  /** Something has ended that this life had wanted. Must not reject. */
  readonly done: (input: EngineInput, life: number) => Promise<void>;
}

/** Something that was asked of the world. */
interface Begun {
  readonly kind: "agent" | "fence" | "quorum";
  readonly id: number;
  readonly life: number;
  readonly end: () => void;
}

export class Deeds {
  private readonly operations: Operations;
  private readonly fencing: NodeFencing;
  private readonly quorums: Quorums;
  private readonly notifications: Notifications;
  private readonly events: EventLog;
  /** What was begun and has not ended, by a number of its own: ids begin anew with every life. */
  private readonly begun = new Map<number, Begun>();
  private lastBegun = 0;
  private readonly working = new Set<Promise<unknown>>();

  constructor(private readonly init: DeedsInit) {
    const { model, composed, host } = init;
    const { clock, logger: log } = host;
    this.events = new EventLog(log, clock);
    this.operations = new Operations({
      node: model.self,
      clock,
      resources: resourcesOf(model, composed),
      report: (begun, result) => this.report(begun, (id) => ({ kind: "agent.reported", id, result })),
    });
    this.quorums = new Quorums({
      clock,
      quorums: (model.providers.quorums ?? []).map((name) => ({ name, quorum: composed.get(Quorum, name) })),
      deadMs: model.timings.deadMs,
      report: (begun, answers) => this.report(begun, (id) => ({ kind: "quorum.reported", id, answers })),
    });
    this.fencing = this.composeFencing();
    this.notifications = new Notifications({
      clock,
      log,
      node: model.self,
      notifiers: (model.providers.notifiers ?? []).map((name) => {
        return { name, notifier: composed.get(Notifier, name) };
      }),
    });
  }

  /** Something has not ended, or has not been told. */
  get busy(): boolean {
    return this.working.size > 0;
  }

  async settled(): Promise<void> {
    while (this.busy) await Promise.all(this.working);
  }

  /** `life`: generation of the node that wants it. */
  perform(effect: EngineEffect, life: number): void {
    switch (effect.kind) {
      case "agent.run":
        return this.operations.run(this.begin("agent", effect.id, life), effect);
      case "agent.cancel":
        // What another instance does ends by itself.
        for (const [number, { kind, id, life: of }] of this.begun)
          if (kind === "agent" && id === effect.id && of === life) this.operations.cancel(number);
        return;
      case "fence.request":
        return this.fencing.request(
          this.begin("fence", effect.id, life),
          effect.node,
          effect.why ?? "the policy asked for it",
        );
      case "quorum.ask":
        return this.quorums.ask(this.begin("quorum", effect.id, life), effect.question);
      case "event":
        return this.tell(effect.event);
      case "halt":
        this.init.host.logger.error("engine.invariant-failed", { violations: effect.violations });
        return this.work(letGoOfEverything(this.init.model, this.operations, this.init.host.logger));
      case "frame.send":
      case "state.persist":
      case "nodes.persist":
      case "left":
        // Saved with the state.
        return;
      case "happened":
      case "operator.answered":
        // Nobody watches a function, and operators ask the daemons.
        return;
    }
  }

  tell(event: EngineEvent): void {
    this.fencing.hear(event);
    this.events.write(event);
    this.notifications.tell(event);
    if ((this.init.model.providers.notifiers ?? []).length > 0) this.work(this.notifications.told());
  }

  private begin(kind: Begun["kind"], id: number, life: number): number {
    const number = (this.lastBegun += 1);
    this.work(new Promise<void>((end) => this.begun.set(number, { kind, id, life, end })));
    return number;
  }

  private report(number: number, inputOf: (id: number) => EngineInput): void {
    const begun = this.begun.get(number);
    if (begun === undefined) return;
    this.begun.delete(number);
    this.work(this.init.done(inputOf(begun.id), begun.life));
    begun.end();
  }

  private work(promise: Promise<void>): void {
    const watched = promise.finally(() => this.working.delete(watched));
    this.working.add(watched);
  }

  /** What it did is remembered as long as this instance lives. */
  private composeFencing(): NodeFencing {
    const { model, host, composed } = this.init;
    return new NodeFencing({
      self: model.self,
      host,
      config: model.fencing ?? fencingBy(model.providers.fenceDevices ?? [], DEFAULT_FENCING_RULES),
      devices: (model.providers.fenceDevices ?? []).map((name) => {
        return { name, device: composed.get(FenceDevice, name) };
      }),
      confirmations: new ConfirmationDesk(),
      restored: undefined,
      nodes: () => model.nodes.filter((name) => name !== model.self),
      event: (event) => this.tell(event),
      report: (begun, result, how) =>
        this.report(begun, (id) => ({ kind: "fence.reported", id, result, how })),
    });
  }
}
