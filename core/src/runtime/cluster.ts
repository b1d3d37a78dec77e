// One node of a cluster: composes the plugins that the model names around the engine, and lives until it has left.
import { DEFAULT_FENCING_RULES, type ClusterView, type Engine } from "../engine/index.js";
import {
  FenceDevice,
  Notifier,
  Quorum,
  textField,
  type AddressGuardView,
  type EngineEvent,
  type KeyReport,
  type KeyRequest,
  type NodeRequest,
  type OperatorRequest,
  type Plugin,
  type Sealer,
} from "../ports/index.js";
import { resourcesOf } from "./cluster-resources.js";
import { leftCleanly, leftStuck, type Cluster, type ClusterEnd } from "./cluster-contract.js";
import type { ClusterHost } from "./cluster-host.js";
import { mediaOf, sealerOf } from "./cluster-media.js";
import { Driver, type Answer } from "./driver.js";
import { composeEngine, mediumNames, type Restored } from "./engine-composition.js";
import { EventLog } from "./event-log.js";
import type { FenceDesk } from "./fencing/fence-desk.js";
import { fencingBy } from "./fencing/fencing-config.js";
import { NodeFencing } from "./fencing/node-fencing.js";
import { nextIdentity, type Identity } from "./identity.js";
import { letGoOfEverything } from "./let-go.js";
import type { Media } from "./media.js";
import type { ClusterModel, PluginUse } from "./model.js";
import { networkOf, storeOf } from "./model-composition.js";
import { Notifications } from "./notifications.js";
import { Operations } from "./operations.js";
import { composeNode, type Inside } from "./node-inside.js";
import type { ComposedPlugins } from "./plugin-host.js";
import { Quorums } from "./quorums.js";
import { renewedAuthenticator } from "./renewed-authenticator.js";
import { readState, StateWriter } from "./saved-state.js";
import { SelfWatch } from "./self-watch.js";

/** Composes a node. Throws `SystoleError` with every problem in `details.problems`; nothing is opened yet. */
export async function createCluster(
  model: ClusterModel,
  plugins: readonly Plugin[],
  host: ClusterHost,
): Promise<Cluster> {
  const { composed, inside } = await composeNode(model, plugins, host);
  const nameForUuid = model.uuidFrom === "nodename" ? model.self : undefined;
  const store = storeOf(model, composed);
  const identity = await nextIdentity(store, host.clock.wallMs(), host.randomBytes, nameForUuid);
  const restored = {
    policy: await readState(store, "policy", host.logger),
    nodes: await readState(store, "nodes", host.logger),
    fencing: await readState(store, "fencing", host.logger),
  };
  return new RunningCluster(model, plugins, host, composed, identity, restored, inside);
}

class RunningCluster implements Cluster {
  readonly ended: Promise<ClusterEnd>;
  private readonly engine: Engine;
  private readonly driver: Driver;
  private readonly media: Media;
  private readonly sealer: Sealer | undefined;
  private readonly operations: Operations;
  private readonly fencingOthers: NodeFencing;
  private readonly quorums: Quorums;
  private readonly selfWatch: SelfWatch;
  private readonly notifications: Notifications;
  private readonly state: StateWriter;
  private readonly nodeState: StateWriter;
  private readonly events: EventLog;
  private end: (end: ClusterEnd) => void = () => undefined;

  constructor(
    private readonly model: ClusterModel,
    private readonly plugins: readonly Plugin[],
    private readonly host: ClusterHost,
    private readonly composed: ComposedPlugins,
    identity: Identity,
    restored: Restored,
    private readonly inside: Inside,
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.events = new EventLog(host.logger, host.clock);
    this.state = new StateWriter(storeOf(model, composed), "policy", host.logger);
    this.nodeState = new StateWriter(storeOf(model, composed), "nodes", host.logger);
    this.engine = composeEngine({
      model,
      composed,
      identity,
      restored,
      fits: (message) => this.media.fits(message),
      seedBytes: host.randomBytes(4),
    });
    this.operations = new Operations({
      clock: host.clock,
      node: model.self,
      resources: resourcesOf(model, composed),
      report: (id, result) => this.driver.input({ kind: "agent.reported", id, result }),
      done: (event) => this.record(event),
    });
    this.fencingOthers = this.composeFencing(restored.fencing);
    this.quorums = this.composeQuorums();
    this.selfWatch = this.watchOverSelf();
    this.notifications = new Notifications({
      clock: host.clock,
      log: host.logger,
      node: model.self,
      notifiers: (model.providers.notifiers ?? []).map((name) => {
        return { name, notifier: composed.get(Notifier, name) };
      }),
    });
    this.sealer = sealerOf(model, composed);
    this.media = mediaOf(model, composed, {
      received: (link, message) => this.driver.input({ kind: "frame.received", link, message }),
      hinted: (link, node) => this.driver.input({ kind: "link.hinted", link, node }),
      event: (event) => this.record(event),
    });
    this.driver = this.composeDriver();
    inside.door.open(this.engine, this.driver);
    host.logger.info("node.identity", { node: model.self, generation: identity.generation });
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.composed.start(signal);
    this.driver.start();
    await this.selfWatch.start();
  }

  view(): ReturnType<Cluster["view"]> {
    const operations = this.operations.views();
    return { ...this.engine.view(), counters: this.media.counters(), operations };
  }

  async request(request: OperatorRequest): Promise<Answer> {
    const answer = await this.driver.request(request);
    if (request.kind === "fence-confirm" && answer.ok) this.inside.confirmations.confirm(request.node);
    return answer;
  }

  get fencing(): FenceDesk {
    return this.fencingOthers.desk;
  }

  editNodes(request: NodeRequest): Promise<Answer> {
    return this.driver.editNodes(request);
  }

  async renewAuthenticator(use: PluginUse): Promise<void> {
    this.media.authenticate(await renewedAuthenticator(this.model, this.plugins, this.host, use));
  }

  addressGuard(): AddressGuardView | undefined {
    return networkOf(this.model, this.composed)?.guard?.view();
  }

  keys(): KeyReport | undefined {
    return this.sealer === undefined || this.sealer.mode === "off" ? undefined : this.sealer.keys();
  }

  changeKeys(request: KeyRequest): Promise<Answer> {
    const none = { ok: false, reason: "frames are not sealed here; docs/security.md says how to begin" };
    return this.sealer?.change(request) ?? Promise.resolve(none);
  }

  private composeFencing(restored: unknown): NodeFencing {
    const { model, composed, host, inside } = this;
    return new NodeFencing({
      self: model.self,
      host: { ...host, store: storeOf(model, composed) },
      config: model.fencing ?? fencingBy(model.providers.fenceDevices ?? [], DEFAULT_FENCING_RULES),
      devices: (model.providers.fenceDevices ?? []).map((name) => {
        return { name, device: composed.get(FenceDevice, name) };
      }),
      confirmations: inside.confirmations,
      restored,
      nodes: () => otherNodes(this.engine.view(), model.self),
      event: (event) => this.tell(event),
      report: (id, result, how) => this.driver.input({ kind: "fence.reported", id, result, how }),
    });
  }

  private composeDriver(): Driver {
    return new Driver(this.engine, this.host.clock, {
      send: (message, links) => {
        this.media.send(message, links);
        if (textField(message, "t") === "status") this.inside.pulse.ring();
      },
      runAgent: (id, order) => this.operations.run(id, order),
      cancelAgent: (id) => this.operations.cancel(id),
      fence: (id, node, why) => this.fencingOthers.request(id, node, why),
      askQuorum: (id, question) => this.quorums.ask(id, question),
      persist: (state) => this.state.save(state),
      persistNodes: (state) => this.nodeState.save(state),
      event: (event) => {
        if (isOwnStart(event, this.model.self)) this.host.observer?.active?.();
        if (event.name.startsWith("message.")) this.media.countRefused(event.name.slice("message.".length));
        this.fencingOthers.hear(event);
        this.tell(event);
      },
      happened: (happening) => this.inside.door.tell(happening),
      left: (clean) => void this.close(clean ? leftCleanly : leftStuck),
      halt: (violations) => void this.letGo(violations),
    });
  }

  private composeQuorums(): Quorums {
    const { model, composed, host } = this;
    return new Quorums({
      clock: host.clock,
      quorums: (model.providers.quorums ?? []).map((name) => {
        return { name, quorum: composed.get(Quorum, name) };
      }),
      deadMs: model.timings.deadMs,
      report: (id, answers) => this.driver.input({ kind: "quorum.reported", id, answers }),
    });
  }

  private tell(event: EngineEvent): void {
    this.record(event);
    this.notifications.tell(event);
  }

  private record(event: EngineEvent): void {
    this.events.write(event);
    this.host.observer?.happened?.(event);
  }

  private watchOverSelf(): SelfWatch {
    const { model, composed, host } = this;
    return new SelfWatch({
      clock: host.clock,
      log: host.logger,
      everyMs: model.timings.keepaliveMs,
      media: mediumNames(model, composed),
      probe: host.self,
      network: networkOf(model, composed),
      observed: (observed) => this.driver.input({ kind: "self.observed", observed }),
    });
  }

  /** The engine is not to be trusted any more. */
  private async letGo(violations: readonly string[]): Promise<void> {
    this.host.logger.error("engine.invariant-failed", { violations });
    await letGoOfEverything(this.model, this.operations, this.host.logger);
    await this.close({ kind: "halted", reason: violations.join("; ") });
  }

  private async close(end: ClusterEnd): Promise<void> {
    this.selfWatch.close();
    // The goodbye is on its way: the media close behind it.
    await new Promise<void>(
      (resolve) => void this.host.clock.wakeAt(this.host.clock.nowMs() + LINGER_MS, resolve),
    );
    this.media.close();
    await this.fencingOthers.close();
    this.quorums.close();
    await this.notifications.close();
    try {
      await this.state.settled();
      await this.nodeState.settled();
      await this.composed.stop(new AbortController().signal);
    } catch (error) {
      this.host.logger.error("plugins.stop-failed", { reason: String(error) });
    }
    this.end(end);
  }
}

function otherNodes({ nodes }: ClusterView, self: string): readonly string[] {
  return nodes.filter(({ kind, name }) => kind === "normal" && name !== self).map(({ name }) => name);
}

function isOwnStart({ name, fields }: EngineEvent, self: string): boolean {
  return name === "node.changed" && fields["node"] === self && fields["to"] === "active";
}

/** How long the media stay open after the goodbye. */
const LINGER_MS = 20;
