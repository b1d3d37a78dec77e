// One node of a cluster: composes the plugins that the model names around the engine, and lives until it has left.
import { createEngine, type ClusterView } from "../engine/index.js";
import {
  Authenticator,
  ClusterAccess,
  FenceDevice,
  Membership,
  Notifier,
  ResourceAgent,
  ResourcePolicy,
  SystoleError,
  textField,
  Transport,
  type EngineEvent,
  type GroupMember,
  type NodeRequest,
  type OperatorRequest,
  type Plugin,
} from "../ports/index.js";
import { compositionOf } from "./cluster-composition.js";
import { ClusterDoor } from "./cluster-door.js";
import { servicesOf, type ClusterHost } from "./cluster-host.js";
import { hostService } from "./composition.js";
import { Driver, type Answer } from "./driver.js";
import { EventLog } from "./event-log.js";
import { Fencing } from "./fencing.js";
import { nextIdentity, type Identity } from "./identity.js";
import { letGoOfEverything } from "./let-go.js";
import { Media, type Counters } from "./media.js";
import type { ClusterModel, PluginUse } from "./model.js";
import { Notifications } from "./notifications.js";
import { Operations } from "./operations.js";
import { composePlugins, type ComposedPlugins } from "./plugin-host.js";
import { readState, StateWriter } from "./saved-state.js";

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
  const services = [...servicesOf(host), hostService(ClusterAccess, door)];
  const composed = await composePlugins(compositionOf(model, plugins, host.runtime, services));
  const nameForUuid = model.uuidFrom === "nodename" ? model.self : undefined;
  const identity = await nextIdentity(host.store, host.clock.wallMs(), host.randomBytes, nameForUuid);
  const restored = {
    policy: await readState(host.store, "policy", host.logger),
    nodes: await readState(host.store, "nodes", host.logger),
  };
  return new RunningCluster(model, plugins, host, composed, identity, restored, door);
}

/** What earlier lives of this node have left in the store. */
interface Restored {
  readonly policy: unknown;
  readonly nodes: unknown;
}

class RunningCluster implements Cluster {
  readonly ended: Promise<ClusterEnd>;
  private readonly engine;
  private readonly driver: Driver;
  private readonly media: Media;
  private readonly operations: Operations;
  private readonly fencing: Fencing;
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
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.events = new EventLog(host.logger, host.clock);
    this.state = new StateWriter(host.store, "policy", host.logger);
    this.nodeState = new StateWriter(host.store, "nodes", host.logger);
    this.engine = this.composeEngine(identity, restored);
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
    this.notifications = new Notifications({
      clock: host.clock,
      log: host.logger,
      node: model.self,
      notifiers: (model.providers.notifiers ?? []).map((name) => {
        return { name, notifier: composed.get(Notifier, name) };
      }),
    });
    this.media = new Media({
      transports: model.providers.transports.map((name) => composed.get(Transport, name)),
      authenticator: composed.get(Authenticator, model.providers.authenticator),
      innerSignature: model.innerSignature,
      compression: model.compression,
      received: (link, message) => this.driver.input({ kind: "frame.received", link, message }),
      event: (event) => {
        if (event.name !== "frame.refused" || model.logsRefusedFrames !== false) this.events.write(event);
      },
    });
    this.driver = this.composeDriver();
    door.open(this.engine, this.driver);
    host.logger.info("node.identity", { node: model.self, generation: identity.generation });
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.composed.start(signal);
    this.driver.start();
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
    const { authenticator } = this.model.providers;
    const plugin = this.plugins.find(({ name }) => name === use.use);
    if (plugin === undefined) throw new SystoleError("PLUGIN_MISSING", `There is no plugin ${use.use}.`);
    const renewed = await composePlugins({
      runtime: this.host.runtime,
      plugins: [{ plugin, with: use.with }],
      required: [{ port: Authenticator, names: [authenticator] }],
      services: {},
      hostServices: servicesOf(this.host),
    });
    this.media.authenticate(renewed.get(Authenticator, authenticator));
  }

  private composeEngine(identity: Identity, restored: Restored): ReturnType<typeof createEngine> {
    const { model, composed, host } = this;
    const { self, nodes, groups, failback, ipfail, timings, providers } = model;
    const seedBytes = host.randomBytes(4);
    const membership = composed.get(Membership, providers.membership).create({
      self,
      nodes,
      pingNodes: model.pingNodes,
      media: this.mediumNames(),
      fits: (message) => this.media.fits(message),
      timings,
      hopFudge: model.hopFudge,
      generation: identity.generation,
      uuid: identity.uuid,
      seed: seedBytes.reduce((seed, byte) => seed * 256 + byte, 0),
      published: {},
      ...(model.autoJoin !== undefined && { autoJoin: model.autoJoin }),
      restored: restored.nodes,
    });
    const policy = composed.get(ResourcePolicy, providers.policy).create({
      self,
      nodes,
      groups: groups.map((group) => ({ ...group, resources: group.resources.map(this.knowingWarmth) })),
      failback,
      ipfail,
      keepaliveMs: timings.keepaliveMs,
      operationTimeoutMs: model.operationTimeoutMs,
      requestTimeoutMs: model.requestTimeoutMs,
      fencing: composed.names(FenceDevice).length > 0,
      restored: restored.policy,
    });
    return createEngine({ self, membership, policy });
  }

  private readonly knowingWarmth = (member: GroupMember): GroupMember => ({
    ...member,
    canWarm: this.composed.get(ResourceAgent, member.agent).supports.warm === true,
  });

  private composeDriver(): Driver {
    return new Driver(this.engine, this.host.clock, {
      send: (message, links) => {
        this.media.send(message, links);
        if (textField(message, "t") === "status") this.host.observer?.pulsed?.();
      },
      runAgent: (id, order) => this.operations.run(id, order),
      cancelAgent: (id) => this.operations.cancel(id),
      fence: (id, node) => this.fencing.request(id, node),
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

  private mediumNames(): readonly string[] {
    const transports = this.model.providers.transports.map((name) => this.composed.get(Transport, name));
    return transports
      .filter((transport) => transport.supports.probe === undefined)
      .map(({ medium }) => medium);
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
    // The goodbye is on its way: the media close behind it.
    await new Promise<void>(
      (resolve) => void this.host.clock.wakeAt(this.host.clock.nowMs() + LINGER_MS, resolve),
    );
    this.media.close();
    this.fencing.close();
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

/** How long the media stay open after the goodbye. */
const LINGER_MS = 20;
const leftCleanly: ClusterEnd = { kind: "left", reason: "everything was given up" };
const leftStuck: ClusterEnd = { kind: "stuck", reason: "a resource could not be stopped; see the log" };
