// One broker as a medium: a connection that is made anew whenever it ends, and the frames that pass it.
import {
  SystoleError,
  type Clock,
  type FrameKind,
  type FrameReceiver,
  type Logger,
  type Transport,
} from "@systole/sdk";
import type { IClientOptions, MqttClient } from "mqtt";
import { BackOff } from "./back-off.js";
import { readBrokerUrl, shortName, type BrokerAddress } from "./broker-url.js";
import type { Broker } from "./config.js";
import { Connection, type Credentials } from "./connection.js";
import type { Ending } from "./ending.js";
import { judgeMessage, type BrokerMessage } from "./incoming.js";
import { CONNECT_TIMEOUT_MS, MAX_FRAME_BYTES, START_PATIENCE_MS } from "./limits.js";
import { isFitForTopic, topicsOf, type Topics } from "./topics.js";

export interface MqttInit {
  readonly broker: Broker;
  readonly cluster: string;
  readonly prefix: string;
  /** This node's name; asked for at the start. */
  readonly node: () => string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Read anew for each connection, so that a renewed certificate is used without a restart. */
  readonly credentials: (broker: Broker) => Promise<Credentials>;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly startPatienceMs?: number;
  readonly connectTimeoutMs?: number;
}

interface Session {
  readonly node: string;
  readonly topics: Topics;
  readonly clientId: string;
  readonly connect: (options: IClientOptions) => MqttClient;
  readonly backOff: BackOff;
  connection: Connection | undefined;
  cancelRetry: () => void;
}

export class MqttTransport implements Transport {
  readonly medium: string;
  readonly supports = { maxFrameBytes: MAX_FRAME_BYTES };
  private readonly address: BrokerAddress;
  private readonly log: Logger;
  private receiver: FrameReceiver | undefined;
  private session: Session | undefined;
  private condition = "not started";
  /** Counts the stops, so that a start notices one that came meanwhile. */
  private stops = 0;
  private firstOpened: () => void = () => undefined;

  constructor(private readonly init: MqttInit) {
    const { broker, log } = init;
    const read = readBrokerUrl(broker.url);
    if (!read.ok) throw new SystoleError("CONFIG_INVALID", `The broker ${broker.name}: ${read.hint}.`);
    this.address = read.address;
    this.medium = `mqtt:${broker.name}`;
    this.log = log.child({ medium: this.medium, broker: shortName(this.address) });
  }

  attach(receiver: FrameReceiver): void {
    this.receiver = receiver;
  }

  /**
   * Resolves also when the broker is away: the medium works by itself as soon as it is there. Throws
   * `TRANSPORT_START_FAILED` where waiting cannot help: a file cannot be read, the node's name does not fit into a topic.
   */
  async start(signal: AbortSignal): Promise<void> {
    if (this.session !== undefined) return;
    signal.throwIfAborted();
    const { stops } = this;
    const session = await this.prepare();
    signal.throwIfAborted();
    if (stops !== this.stops) throw this.startFailed("it was stopped while it started");
    this.session = session;
    const opened = new Promise<void>((resolve) => (this.firstOpened = resolve));
    await this.connect(session);
    await this.patience(opened, signal);
    if (signal.aborted) {
      await this.stop();
      signal.throwIfAborted();
    }
  }

  /** Never throws. From this call on nothing is delivered. */
  async stop(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    this.stops += 1;
    this.firstOpened();
    if (session === undefined) return;
    session.cancelRetry();
    await session.connection?.close();
  }

  /** A pulse is sent once; everything else until the broker says that it has it. Nothing waits for a broker that is away. */
  async send(frame: Uint8Array, kind: FrameKind = "word"): Promise<void> {
    if (frame.byteLength > MAX_FRAME_BYTES)
      throw new SystoleError(
        "FRAME_TOO_LARGE",
        `A frame of ${frame.byteLength} bytes is too large for ${this.medium} (${MAX_FRAME_BYTES}).`,
        { details: { medium: this.medium, frameBytes: frame.byteLength } },
      );
    const { session } = this;
    try {
      if (session === undefined) throw new Error("the medium is not started");
      // An empty message would be taken for a will.
      if (frame.byteLength === 0) throw new Error("it is empty");
      if (session.connection?.isOpen !== true) throw new Error(this.condition);
      await session.connection.publish(frame, kind === "pulse" ? 0 : 1);
    } catch (cause) {
      throw new SystoleError(
        "TRANSPORT_SEND_FAILED",
        `The frame was not sent on ${this.medium}: ${reasonOf(cause)}.`,
        {
          retryable: session !== undefined,
          details: { medium: this.medium },
          cause,
        },
      );
    }
  }

  /** Until the broker has accepted the first connection, for a while at most. */
  private async patience(opened: Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, startPatienceMs = START_PATIENCE_MS } = this.init;
    let giveUp: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (giveUp = resolve));
    const cancel = clock.wakeAt(clock.nowMs() + startPatienceMs, giveUp);
    signal.addEventListener("abort", giveUp, { once: true });
    await Promise.race([opened, over]);
    cancel();
    signal.removeEventListener("abort", giveUp);
  }

  /** Whether the broker answers now: `answered`, or a sentence about why not. Never rejects. */
  async probe(signal: AbortSignal): Promise<string> {
    const { session } = this;
    if (session === undefined) return `the medium is not used; name ${this.medium} under transports`;
    if (session.connection?.isOpen !== true) return this.condition;
    return (await session.connection.answers(signal)) ? "answered" : "it does not answer in time";
  }

  private async prepare(): Promise<Session> {
    const { broker, cluster, prefix, random } = this.init;
    const node = this.init.node();
    if (!isFitForTopic(node))
      throw this.startFailed(`the node's name ${node} has + or # or / in it and cannot be a topic`);
    // Here and not at the first attempt, so that a missing file is said at once.
    await this.credentials();
    const { connect } = await import("mqtt");
    return {
      node,
      topics: topicsOf(broker.prefix ?? prefix, cluster, node),
      clientId: (broker.clientId ?? `systole-${cluster}-{node}`).replaceAll("{node}", node),
      connect: (options) => connect(options),
      backOff: new BackOff(random),
      connection: undefined,
      cancelRetry: () => undefined,
    };
  }

  private async credentials(): Promise<Credentials> {
    try {
      return await this.init.credentials(this.init.broker);
    } catch (cause) {
      throw this.startFailed(reasonOf(cause), cause);
    }
  }

  private async connect(session: Session): Promise<void> {
    let credentials: Credentials;
    try {
      credentials = await this.credentials();
    } catch (error) {
      return this.ended(session, { reason: reasonOf(error), waitLongest: true }, 0);
    }
    if (this.session === session) session.connection = this.connectionOf(session, credentials);
  }

  private connectionOf(session: Session, credentials: Credentials): Connection {
    const { broker, clock, connectTimeoutMs = CONNECT_TIMEOUT_MS } = this.init;
    const { version, keepaliveSeconds } = broker;
    const { topics, clientId } = session;
    const nowMs = (): number => clock.nowMs();
    return new Connection(
      session.connect,
      {
        address: this.address,
        topics,
        clientId,
        version,
        keepaliveSeconds,
        connectTimeoutMs,
        credentials,
        nowMs,
      },
      {
        opened: () => this.opened(session),
        heard: (message) => this.heard(session, message),
        ended: (ending, livedMs) => this.ended(session, ending, livedMs),
      },
    );
  }

  private opened(session: Session): void {
    if (this.session !== session) return;
    this.condition = "";
    this.log.info("medium.ready", { topic: session.topics.own, clientId: session.clientId });
    this.firstOpened();
  }

  private ended(session: Session, { reason, waitLongest }: Ending, livedMs: number): void {
    if (this.session !== session) return;
    session.connection = undefined;
    const { clock } = this.init;
    const pauseMs = session.backOff.pauseMs(livedMs, waitLongest);
    session.cancelRetry = clock.wakeAt(clock.nowMs() + pauseMs, () => void this.connect(session));
    // Once for every change, never for every attempt.
    if (reason === this.condition) return;
    this.condition = reason;
    this.log.warn("medium.waiting", { reason, retryMs: Math.round(pauseMs) });
    this.receiver?.failed(
      new SystoleError("TRANSPORT_START_FAILED", `${this.medium} does not work at present: ${reason}.`, {
        retryable: true,
        details: { medium: this.medium, reason },
      }),
    );
  }

  private heard(session: Session, message: BrokerMessage): void {
    const { receiver } = this;
    if (this.session !== session || receiver === undefined) return;
    const incoming = judgeMessage(message, session.topics);
    try {
      switch (incoming.kind) {
        case "frame":
          return receiver.frame(incoming.bytes, incoming.node);
        case "will":
          return receiver.hinted?.(incoming.node);
        case "refused":
          return receiver.refused?.(incoming.reason, incoming.node);
      }
    } catch (error) {
      this.log.error("medium.receiver_threw", { reason: reasonOf(error) });
    }
  }

  private startFailed(reason: string, cause?: unknown): SystoleError {
    return new SystoleError("TRANSPORT_START_FAILED", `Medium ${this.medium} cannot be opened: ${reason}.`, {
      details: { medium: this.medium },
      cause,
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
