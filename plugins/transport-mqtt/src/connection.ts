// One connection to a broker, from the attempt to the end: made by the mqtt package, which neither queues nor reconnects here.
import type { IClientOptions, MqttClient } from "mqtt";
import type { BrokerAddress } from "./broker-url.js";
import { endingOf, type Ending } from "./ending.js";
import type { BrokerMessage } from "./incoming.js";
import { MAX_PACKET_BYTES, MAX_UNACKNOWLEDGED, MAX_WAITING_BYTES, STOP_PATIENCE_MS } from "./limits.js";
import { PacketGauge } from "./packet-gauge.js";
import type { Topics } from "./topics.js";

export interface ConnectionInit {
  readonly address: BrokerAddress;
  readonly topics: Topics;
  readonly clientId: string;
  /** 4 is 3.1.1. */
  readonly version: 4 | 5;
  readonly keepaliveSeconds: number;
  readonly connectTimeoutMs: number;
  readonly credentials: Credentials;
  readonly nowMs: () => number;
}

/** What proves who this node is, and who the broker is; read anew for each connection. */
export interface Credentials {
  readonly user?: string;
  readonly password?: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface ConnectionEvents {
  /** The broker has accepted it and delivers. */
  opened(): void;
  heard(message: BrokerMessage): void;
  /** Once, and the last event. */
  ended(ending: Ending, livedMs: number): void;
}

export class Connection {
  private readonly client: MqttClient;
  private readonly openedAtMs: { value: number | undefined } = { value: undefined };
  private readonly pending = new Set<(error: Error) => void>();
  private error: string | undefined;
  private reasonCode: number | undefined;
  private over = false;
  private readonly closed: Promise<void>;

  constructor(
    connect: (options: IClientOptions) => MqttClient,
    private readonly init: ConnectionInit,
    private readonly events: ConnectionEvents,
  ) {
    this.client = connect(optionsOf(init));
    const { client } = this;
    const gauge = new PacketGauge(MAX_PACKET_BYTES);
    client.stream.on("data", (bytes: Uint8Array) => {
      const claimed = gauge.feed(bytes);
      if (claimed !== undefined) this.drop(`the broker announced a packet of ${claimed} bytes`);
    });
    client.on("connect", () => this.subscribe());
    client.on("message", (topic, payload, packet) => {
      if (!this.over) events.heard({ topic, payload, retained: packet.retain });
    });
    client.on("disconnect", ({ reasonCode }) => (this.reasonCode = reasonCode));
    // Also what is no MQTT at all, after which the mqtt package would read on.
    client.on("error", (error) => {
      this.note(error);
      client.stream.destroy();
    });
    this.closed = new Promise((resolve) => {
      client.on("close", () => {
        this.end();
        resolve();
      });
    });
  }

  get isOpen(): boolean {
    return this.openedAtMs.value !== undefined && !this.over;
  }

  /**
   * Resolves when the broker has it (QoS 1), or when the kernel has (QoS 0). Rejects when the broker does not read, or has
   * not acknowledged too much already: what waits would arrive too late to be of use.
   */
  publish(frame: Uint8Array, qos: 0 | 1): Promise<void> {
    if (!this.isOpen) return Promise.reject(new Error("there is no connection to the broker"));
    if (this.client.stream.writableLength > MAX_WAITING_BYTES)
      return Promise.reject(new Error("the broker does not read what is sent to it"));
    if (this.pending.size >= MAX_UNACKNOWLEDGED)
      return Promise.reject(new Error(`the broker has not acknowledged ${MAX_UNACKNOWLEDGED} frames`));
    return new Promise((resolve, reject) => {
      this.pending.add(reject);
      // The buffer is the sender's: it may change as soon as this call returns.
      this.client.publish(this.init.topics.own, Buffer.from(frame), { qos }, (error) => {
        this.pending.delete(reject);
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
    });
  }

  /** Asks the broker for a sign of life of its own. False when there is none before `signal` aborts. */
  answers(signal: AbortSignal): Promise<boolean> {
    const { client } = this;
    if (!this.isOpen || signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (answered: boolean): void => {
        client.off("packetreceive", heard);
        client.off("close", failed);
        signal.removeEventListener("abort", failed);
        resolve(answered);
      };
      const heard = ({ cmd }: { readonly cmd?: string }): void => {
        if (cmd === "pingresp") done(true);
      };
      const failed = (): void => done(false);
      client.on("packetreceive", heard);
      client.on("close", failed);
      signal.addEventListener("abort", failed, { once: true });
      client.sendPing();
    });
  }

  /** Says goodbye, so that the broker publishes no will. Resolves when the connection is closed; never rejects. */
  async close(): Promise<void> {
    let giveUp: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      giveUp = setTimeout(() => {
        this.client.stream.destroy();
        resolve();
      }, STOP_PATIENCE_MS);
    });
    this.over = true;
    // What has not been accepted yet needs no goodbye.
    this.client.end(!this.client.connected, {}, () => undefined);
    await Promise.race([this.closed, late]);
    clearTimeout(giveUp);
    this.giveUpPending("the medium was stopped");
  }

  /** Ends it without a goodbye. */
  private drop(reason: string): void {
    this.error ??= reason;
    this.client.stream.destroy();
  }

  private subscribe(): void {
    const options = { qos: 1 as const, ...(this.init.version === 5 && { nl: true, rap: true, rh: 2 }) };
    this.client.subscribe(this.init.topics.all, options, (error) => {
      if (this.over) return;
      if (error !== null && error !== undefined)
        return this.drop(`the broker does not let this node read ${this.init.topics.all}`);
      this.openedAtMs.value = this.init.nowMs();
      this.events.opened();
    });
  }

  private note(error: Error): void {
    const code: unknown = "code" in error ? error.code : undefined;
    if (typeof code === "number") this.reasonCode ??= code;
    this.error ??= sentenceOf(error, this.init.connectTimeoutMs);
  }

  private end(): void {
    this.client.end(true);
    this.giveUpPending("the connection to the broker ended");
    if (this.over) return;
    this.over = true;
    const openedAtMs = this.openedAtMs.value;
    const livedMs = openedAtMs === undefined ? 0 : this.init.nowMs() - openedAtMs;
    const { clientId, topics } = this.init;
    const facts = { clientId, topic: topics.own, wasOpen: openedAtMs !== undefined, livedMs };
    const ending = endingOf({ ...facts, reasonCode: this.reasonCode, error: this.error });
    this.events.ended(ending, livedMs);
  }

  private giveUpPending(reason: string): void {
    for (const reject of this.pending) reject(new Error(reason));
    this.pending.clear();
  }
}

function optionsOf(init: ConnectionInit): IClientOptions {
  const { address, credentials, topics, version } = init;
  const { user, password, ...files } = credentials;
  return {
    protocol: address.protocol,
    hostname: address.host,
    host: address.host,
    port: address.port,
    ...(address.path !== "" && { path: address.path }),
    protocolVersion: version,
    clientId: init.clientId,
    keepalive: init.keepaliveSeconds,
    clean: true,
    // Connecting again is done here, with pauses of our own; what could not be sent is dropped, not kept.
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    connectTimeout: init.connectTimeoutMs,
    timerVariant: "native",
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...files,
    // An empty message, because a frame is never empty. Never kept: it would be told to a later life.
    will: { topic: topics.own, payload: Buffer.alloc(0), qos: 1, retain: false },
    ...(version === 5 && { properties: { maximumPacketSize: MAX_PACKET_BYTES, sessionExpiryInterval: 0 } }),
  };
}

/** Errors of the network as people know them; the mqtt package's own as they are. */
function sentenceOf(error: Error, connectTimeoutMs: number): string {
  if (error.message === "connack timeout")
    return `the broker took the connection and did not answer within ${connectTimeoutMs / 1000} s`;
  if (error.message === "Keepalive timeout") return "the broker stopped answering";
  if (error instanceof AggregateError && error.message === "")
    return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join(", ");
  return error.message;
}
