// One node of a cluster: composes the plugins that the model names around the engine, and lives until it has left.
import { createEngine, DEFAULT_FENCING_RULES, type ClusterView } from "../engine/index.js";
import {
  Authenticator,
  ClusterAccess,
  Confirmations,
  FenceDevice,
  Membership,
  Notifier,
  ResourcePolicy,
  SystoleError,
  textField,
  Transport,
  type EngineEvent,
  type NodeRequest,
  type OperatorRequest,
  type Plugin,
} from "../ports/index.js";
import { knowingWarmth, resourcesOf } from "./cluster-resources.js";
import type { Cluster, ClusterEnd } from "./cluster-contract.js";
import { compositionOf } from "./cluster-composition.js";
import { ClusterDoor } from "./cluster-door.js";
import { servicesOf, type ClusterHost } from "./cluster-host.js";
import { hostService } from "./composition.js";
import { Driver, type Answer } from "./driver.js";
import { EventLog } from "./event-log.js";
import { ConfirmationDesk } from "./fencing/confirmation-desk.js";
import type { FenceDesk } from "./fencing/fence-desk.js";
import { fencingBy } from "./fencing/fencing-config.js";
import { NodeFencing } from "./fencing/node-fencing.js";
import { nextIdentity, type Identity } from "./identity.js";
import { letGoOfEverything } from "./let-go.js";
import { Media, type Counters } from "./media.js";
import type { ClusterModel, PluginUse } from "./model.js";
import { Notifications } from "./notifications.js";
import { Operations } from "./operations.js";
import { composePlugins, type ComposedPlugins } from "./plugin-host.js";
import { readState, StateWriter } from "./saved-state.js";

/** Composes a node. Throws `SystoleError` with every problem in `details.problems`; nothing is opened yet. */
export async function createCluster(
  model: ClusterModel,
  plugins: readonly Plugin[],
  host: ClusterHost,
): Promise<Cluster> {
  const door = new ClusterDoor(host.logger);
  const confirmations = new ConfirmationDesk();
  const inside = [hostService(ClusterAccess, door), hostService(Confirmations, confirmations)];
  const services = [...servicesOf(host), ...inside];
  const composed = await composePlugins(compositionOf(model, plugins, host.runtime, services));
  const nameForUuid = model.uuidFrom === "nodename" ? model.self : undefined;
  const identity = await nextIdentity(host.store, host.clock.wallMs(), host.randomBytes, nameForUuid);
  const restored = {
    policy: await readState(host.store, "policy", host.logger),
    nodes: await readState(host.store, "nodes", host.logger),
    fencing: await readState(host.store, "fencing", host.logger),
  };
  return new RunningCluster(model, plugins, host, composed, identity, restored, door, confirmations);
}

/** What earlier lives of this node have left in the store. */
interface Restored {
  readonly policy: unknown;
  readonly nodes: unknown;
  readonly fencing: unknown;
}

class RunningCluster implements Cluster {
  readonly ended: Promise<ClusterEnd>;
  private readonly engine;
  private readonly driver: Driver;
  private readonly media: Media;
  private readonly operations: Operations;
  private readonly fencingOthers: NodeFencing;
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
    private readonly confirmations: ConfirmationDesk,
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.events = new EventLog(host.logger, host.clock);
    this.state = new StateWriter(host.store, "policy", host.logger);
    this.nodeState = new StateWriter(host.store, "nodes", host.logger);
    this.engine = this.composeEngine(identity, restored);
    this.operations = new Operations({
      clock: host.clock,
      resources: resourcesOf(model, composed),
      report: (id, result) => this.driver.input({ kind: "agent.reported", id, result }),
    });
    this.fencingOthers = this.composeFencing(restored.fencing);
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

  async request(request: OperatorRequest): Promise<Answer> {
    const answer = await this.driver.request(request);
    if (request.kind === "fence-confirm" && answer.ok) this.confirmations.confirm(request.node);
    return answer;
  }

  get fencing(): FenceDesk {
    return this.fencingOthers.desk;
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

  private composeFencing(restored: unknown): NodeFencing {
    const { model, composed, host, confirmations } = this;
    return new NodeFencing({
      self: model.self,
      host,
      config: model.fencing ?? fencingBy(model.providers.fenceDevices ?? [], DEFAULT_FENCING_RULES),
      devices: (model.providers.fenceDevices ?? []).map((name) => {
        return { name, device: composed.get(FenceDevice, name) };
      }),
      confirmations,
      restored,
      nodes: () => otherNodes(this.engine.view(), model.self),
      event: (event) => this.tell(event),
      report: (id, result, how) => this.driver.input({ kind: "fence.reported", id, result, how }),
    });
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
      groups: groups.map((group) => ({ ...group, resources: group.resources.map(knowingWarmth(composed)) })),
      failback,
      ipfail,
      keepaliveMs: timings.keepaliveMs,
      operationTimeoutMs: model.operationTimeoutMs,
      requestTimeoutMs: model.requestTimeoutMs,
      fencing: composed.names(FenceDevice).length > 0,
      ...(model.fencing !== undefined && { fencingRules: model.fencing.rules }),
      restored: restored.policy,
    });
    return createEngine({ self, membership, policy });
  }

  private composeDriver(): Driver {
    return new Driver(this.engine, this.host.clock, {
      send: (message, links) => {
        this.media.send(message, links);
        if (textField(message, "t") === "status") this.host.observer?.pulsed?.();
      },
      runAgent: (id, order) => this.operations.run(id, order),
      cancelAgent: (id) => this.operations.cancel(id),
      fence: (id, node, why) => this.fencingOthers.request(id, node, why),
      persist: (state) => this.state.save(state),
      persistNodes: (state) => this.nodeState.save(state),
      event: (event) => {
        if (isOwnStart(event, this.model.self)) this.host.observer?.active?.();
        if (event.name.startsWith("message.")) this.media.countRefused(event.name.slice("message.".length));
        this.fencingOthers.hear(event);
        this.tell(event);
      },
      happened: (happening) => this.door.tell(happening),
      left: (clean) => void this.close(clean ? leftCleanly : leftStuck),
      halt: (violations) => void this.letGo(violations),
    });
  }

  private tell(event: EngineEvent): void {
    this.events.write(event);
    this.notifications.tell(event);
  }

  private mediumNames(): readonly string[] {
    const transports = this.model.providers.transports.map((name) => this.composed.get(Transport, name));
    return transports
      .filter((transport) => transport.supports.probe === undefined)
      .map(({ medium }) => medium);
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
    await this.fencingOthers.close();
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
const leftCleanly: ClusterEnd = { kind: "left", reason: "everything was given up" };
const leftStuck: ClusterEnd = { kind: "stuck", reason: "a resource could not be stopped; see the log" };
