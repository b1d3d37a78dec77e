// One node of a cluster: composes the plugins that the model names around the engine, and lives until it has left.
import type { ClusterView, Engine } from "../engine/index.js";
import {
  ClusterAccess,
  FenceDevice,
  Network,
  Notifier,
  Pulse,
  Quorum,
  ResourceAgent,
  Store,
  SystoleError,
  textField,
  type EngineEvent,
  type KeyReport,
  type KeyRequest,
  type NodeRequest,
  type OperatorRequest,
  type Plugin,
  type Sealer,
} from "../ports/index.js";
import { compositionOf } from "./cluster-composition.js";
import { ClusterDoor } from "./cluster-door.js";
import { servicesOf, type ClusterHost } from "./cluster-host.js";
import { mediaOf, renewedAuthenticator, sealerOf } from "./cluster-media.js";
import { HOST, hostService } from "./composition.js";
import { Driver, type Answer } from "./driver.js";
import { composeEngine, mediumNames, type Restored } from "./engine-composition.js";
import { EventLog } from "./event-log.js";
import { Fencing } from "./fencing.js";
import { nextIdentity, type Identity } from "./identity.js";
import { letGoOfEverything } from "./let-go.js";
import type { Counters, Media } from "./media.js";
import type { ClusterModel, PluginUse } from "./model.js";
import { Notifications } from "./notifications.js";
import { Operations } from "./operations.js";
import { composePlugins, type ComposedPlugins } from "./plugin-host.js";
import { PulseBell } from "./pulse-bell.js";
import { Quorums } from "./quorums.js";
import { readState, StateWriter } from "./saved-state.js";
import { SelfWatch } from "./self-watch.js";

/** How a node's life ended. */
export interface ClusterEnd {
  /** `left`: everything was given up. `stuck`: something could not be stopped. `halted`: an invariant failed. */
  readonly kind: "left" | "stuck" | "halted";
  readonly reason: string;
}

export interface Cluster {
  /** Opens the media and begins. Throws `SystoleError`; then nothing is left open. */
  start(signal: AbortSignal): Promise<void>;
  view(): ClusterView & { readonly counters: Counters };
  /** Resolves when the request is done or refused. */
  request(request: OperatorRequest): Promise<Answer>;
  /** Changes which nodes there are, or what is said of one, on all of them. Resolves when it is done or refused. */
  editNodes(request: NodeRequest): Promise<Answer>;
  /**
   * Signs and judges from now on as `use`, the authenticator's plugin with another configuration, says. Throws a
   * `SystoleError` when it cannot; then everything stays as it was.
   */
  renewAuthenticator(use: PluginUse): Promise<void>;
  /** The keys that seal frames; undefined where frames are signed only. */
  keys(): KeyReport | undefined;
  /** Resolves when the change is done, begun or refused. */
  changeKeys(request: KeyRequest): Promise<Answer>;
  /** Resolves when the node has left and everything is closed, after a `stop` request or a failed invariant. */
  readonly ended: Promise<ClusterEnd>;
}

/** Composes a node. Throws `SystoleError` with every problem in `details.problems`; nothing is opened yet. */
export async function createCluster(
  model: ClusterModel,
  plugins: readonly Plugin[],
  host: ClusterHost,
): Promise<Cluster> {
  const door = new ClusterDoor(host.logger);
  const pulse = new PulseBell(host);
  const services = [...servicesOf(host), hostService(ClusterAccess, door), hostService(Pulse, pulse)];
  const composed = await composePlugins(compositionOf(model, plugins, host.runtime, services));
  const nameForUuid = model.uuidFrom === "nodename" ? model.self : undefined;
  const store = storeOf(model, composed);
  const identity = await nextIdentity(store, host.clock.wallMs(), host.randomBytes, nameForUuid);
  const restored = {
    policy: await readState(store, "policy", host.logger),
    nodes: await readState(store, "nodes", host.logger),
  };
  return new RunningCluster(model, plugins, host, composed, identity, restored, door, pulse);
}

class RunningCluster implements Cluster {
  readonly ended: Promise<ClusterEnd>;
  private readonly engine: Engine;
  private readonly driver: Driver;
  private readonly media: Media;
  private readonly sealer: Sealer | undefined;
  private readonly operations: Operations;
  private readonly fencing: Fencing;
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
    private readonly door: ClusterDoor,
    private readonly pulse: PulseBell,
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
      resources: this.resources(),
      report: (id, result) => this.driver.input({ kind: "agent.reported", id, result }),
    });
    this.fencing = new Fencing({
      clock: host.clock,
      devices: (model.providers.fenceDevices ?? []).map((name) => {
        return { name, device: composed.get(FenceDevice, name) };
      }),
      report: (id, result) => this.driver.input({ kind: "fence.reported", id, result }),
    });
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
      event: (event) => this.events.write(event),
    });
    this.driver = this.composeDriver();
    door.open(this.engine, this.driver);
    host.logger.info("node.identity", { node: model.self, generation: identity.generation });
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.composed.start(signal);
    this.driver.start();
    await this.selfWatch.start();
  }

  view(): ClusterView & { readonly counters: Counters } {
    return { ...this.engine.view(), counters: this.media.counters() };
  }

  request(request: OperatorRequest): Promise<Answer> {
    return this.driver.request(request);
  }

  editNodes(request: NodeRequest): Promise<Answer> {
    return this.driver.editNodes(request);
  }

  async renewAuthenticator(use: PluginUse): Promise<void> {
    this.media.authenticate(await renewedAuthenticator(this.model, this.plugins, this.host, use));
  }

  keys(): KeyReport | undefined {
    return this.sealer === undefined || this.sealer.mode === "off" ? undefined : this.sealer.keys();
  }

  changeKeys(request: KeyRequest): Promise<Answer> {
    const none = { ok: false, reason: "frames are not sealed here; docs/security.md says how to begin" };
    return this.sealer?.change(request) ?? Promise.resolve(none);
  }

  private composeDriver(): Driver {
    return new Driver(this.engine, this.host.clock, {
      send: (message, links) => {
        this.media.send(message, links);
        if (textField(message, "t") === "status") this.pulse.ring();
      },
      runAgent: (id, order) => this.operations.run(id, order),
      cancelAgent: (id) => this.operations.cancel(id),
      fence: (id, node) => this.fencing.request(id, node),
      askQuorum: (id, question) => this.quorums.ask(id, question),
      persist: (state) => this.state.save(state),
      persistNodes: (state) => this.nodeState.save(state),
      event: (event) => {
        if (isOwnStart(event, this.model.self)) this.host.observer?.active?.();
        if (event.name.startsWith("message.")) this.media.countRefused(event.name.slice("message.".length));
        this.events.write(event);
        this.notifications.tell(event);
      },
      happened: (happening) => this.door.tell(happening),
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

  private watchOverSelf(): SelfWatch {
    const { model, composed, host } = this;
    const hasNetwork = model.providers.services[Network.port] !== undefined;
    return new SelfWatch({
      clock: host.clock,
      log: host.logger,
      everyMs: model.timings.keepaliveMs,
      media: mediumNames(model, composed),
      probe: host.self,
      network: hasNetwork ? composed.get(Network) : undefined,
      observed: (observed) => this.driver.input({ kind: "self.observed", observed }),
    });
  }

  private resources(): ConstructorParameters<typeof Operations>[0]["resources"] {
    const members = this.model.groups.flatMap((group) => group.resources);
    return new Map(
      members.map(({ name, agent }) => {
        const spec = this.model.resources.find((candidate) => candidate.name === name);
        if (spec === undefined)
          throw new SystoleError("CONFIG_INVALID", `resource ${name} has no description`);
        return [name, { spec, agent: this.composed.get(ResourceAgent, agent) }];
      }),
    );
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
    this.fencing.close();
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

function isOwnStart({ name, fields }: EngineEvent, self: string): boolean {
  return name === "node.changed" && fields["node"] === self && fields["to"] === "active";
}

/** The one that the configuration chooses; else the host's. */
function storeOf({ providers }: ClusterModel, composed: ComposedPlugins): Store {
  return composed.get(Store, providers.services[Store.port] ?? HOST);
}

/** How long the media stay open after the goodbye. */
const LINGER_MS = 20;
const leftCleanly: ClusterEnd = { kind: "left", reason: "everything was given up" };
const leftStuck: ClusterEnd = { kind: "stuck", reason: "a resource could not be stopped; see the log" };
