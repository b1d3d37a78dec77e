// One ping node as a medium: what is sent to it comes back as the data of ICMP echo replies, and that is its sign of life.
import {
  SystoleError,
  type Clock,
  type EchoReply,
  type FrameReceiver,
  type IpFamily,
  type Logger,
  type Network,
  type Transport,
} from "@systole/sdk";
import type { PingNode } from "./config.js";
import { EchoSockets } from "./echo-sockets.js";
import { EchoWindow } from "./echo-window.js";
import { HostTarget, type Resolve } from "./host-target.js";

/** What fits into an ICMP echo over IPv4. */
export const MAX_FRAME_BYTES = 65507;
/** How long a start waits for names. What is found later is used then. */
const NAMES_AT_START_MS = 2000;

export class PingTransport implements Transport {
  readonly medium: string;
  readonly supports: { readonly maxFrameBytes: number; readonly probe: string };
  readonly #node: PingNode;
  readonly #network: Network;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #hosts: readonly HostTarget[];
  readonly #window: EchoWindow;
  #sockets: EchoSockets | undefined;
  #receiver: FrameReceiver | undefined;
  #receiverThrows = 0;

  constructor(node: PingNode, network: Network, log: Logger, clock: Clock, resolve: Resolve) {
    this.medium = node.name;
    this.supports = { maxFrameBytes: MAX_FRAME_BYTES, probe: node.name };
    this.#node = node;
    this.#network = network;
    this.#log = log.child({ node: node.name });
    this.#clock = clock;
    this.#hosts = node.hosts.map((host) => new HostTarget(host, resolve, this.#log));
    this.#window = new EchoWindow(node.group);
  }

  attach(receiver: FrameReceiver): void {
    this.#receiver = receiver;
  }

  /**
   * Resolves also when a name is unknown or a host is silent. Throws `NETWORK_UNSUPPORTED` or `TRANSPORT_START_FAILED`
   * when none of the known hosts can be pinged from this process.
   */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#sockets !== undefined) return;
    const sockets = new EchoSockets(this.#network.sockets, (reply) => this.#onReply(reply));
    this.#sockets = sockets;
    try {
      signal.throwIfAborted();
      await this.#locateHosts(signal);
      await this.#openSockets(sockets, signal);
      signal.throwIfAborted();
      if (this.#sockets !== sockets) throw new Error("stopped while it started");
    } catch (cause) {
      await this.stop();
      if (cause instanceof SystoleError) throw cause;
      throw new SystoleError(
        "TRANSPORT_START_FAILED",
        `Ping node ${this.#node.name} cannot be pinged: ${reasonOf(cause)}.`,
        { details: { node: this.#node.name }, cause },
      );
    }
  }

  /** From this call on nothing is delivered. */
  async stop(): Promise<void> {
    const sockets = this.#sockets;
    this.#sockets = undefined;
    await sockets?.close();
  }

  /** Resolves when the kernel took the frame for at least one host. */
  async send(frame: Uint8Array): Promise<void> {
    if (frame.byteLength > MAX_FRAME_BYTES) {
      throw new SystoleError(
        "FRAME_TOO_LARGE",
        `A frame of ${frame.byteLength} bytes does not fit an ICMP echo (${MAX_FRAME_BYTES}).`,
        { details: { node: this.#node.name, frameBytes: frame.byteLength } },
      );
    }
    const sockets = this.#sockets;
    if (sockets === undefined) throw this.#sendFailed(new Error("the medium is not started"), false);
    const data = Uint8Array.from(frame);
    const sequence = this.#window.send(data);
    const outcomes = await Promise.allSettled(
      this.#hosts.map((host) => this.#sendTo(host, sockets, sequence, data)),
    );
    if (outcomes.some(({ status }) => status === "fulfilled")) return;
    const [first] = outcomes;
    throw this.#sendFailed(first?.status === "rejected" ? first.reason : undefined, true);
  }

  async #sendTo(host: HostTarget, sockets: EchoSockets, sequence: number, data: Uint8Array): Promise<void> {
    const nowMs = this.#clock.nowMs();
    host.sending(nowMs);
    const { place } = host;
    if (place === undefined) throw new Error(`the address of ${host.host} is not known`);
    const socket = sockets.get(place.family);
    if (socket === undefined) {
      void this.#openLate(sockets, place.family, nowMs);
      throw new Error(`no ICMP socket is open for IPv${place.family}`);
    }
    await socket.send(place.address, sequence, data);
  }

  /** A name was found, or has another kind of address, only after the start. */
  async #openLate(sockets: EchoSockets, family: IpFamily, nowMs: number): Promise<void> {
    try {
      await sockets.ensure(family, nowMs);
    } catch (error) {
      if (this.#sockets === sockets) this.#complain(family, error);
    }
  }

  #complain(family: IpFamily, error: unknown): void {
    this.#log.warn("ping.socket_refused", { family, reason: reasonOf(error) });
    this.#receiver?.failed(error instanceof Error ? error : new Error(String(error)));
  }

  async #locateHosts(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const located = Promise.all(this.#hosts.map((host) => host.locate(nowMs)));
    const patience = new AbortController();
    const enough = AbortSignal.any([signal, patience.signal]);
    const timer = setTimeout(() => patience.abort(), NAMES_AT_START_MS);
    const impatience = new Promise<void>((resolve) => enough.addEventListener("abort", () => resolve()));
    await Promise.race([located, impatience]);
    clearTimeout(timer);
    signal.throwIfAborted();
  }

  async #openSockets(sockets: EchoSockets, signal: AbortSignal): Promise<void> {
    const places = this.#hosts.map(({ place }) => place);
    const families = [...new Set(places.map((place) => place?.family))].filter((one) => one !== undefined);
    const nowMs = this.#clock.nowMs();
    const outcomes = await Promise.allSettled(
      families.map((family) => sockets.ensure(family, nowMs, signal)),
    );
    const refused = outcomes.flatMap((outcome, index) =>
      outcome.status === "rejected" ? [{ family: families[index], reason: outcome.reason as unknown }] : [],
    );
    const [first] = refused;
    if (first !== undefined && refused.length === families.length) throw first.reason;
    for (const { family, reason } of refused) if (family !== undefined) this.#complain(family, reason);
  }

  #onReply({ from, sequence, data }: EchoReply): void {
    const host = this.#hosts.find((one) => one.is(from));
    if (host === undefined || this.#sockets === undefined) return;
    const verdict = this.#window.judge(host.host, sequence, data);
    if (verdict === "foreign") return;
    host.answered();
    if (verdict === "repeated") return;
    try {
      this.#receiver?.frame(data, from);
    } catch (error) {
      this.#receiverThrows += 1;
      // At each power of two: seen at once, and bounded however many come.
      const worthALine = (this.#receiverThrows & (this.#receiverThrows - 1)) === 0;
      if (worthALine) {
        this.#log.error("medium.receiver_threw", { reason: reasonOf(error), times: this.#receiverThrows });
      }
    }
  }

  #sendFailed(cause: unknown, retryable: boolean): SystoleError {
    return new SystoleError(
      "TRANSPORT_SEND_FAILED",
      `Ping node ${this.#node.name} was not pinged: ${reasonOf(cause)}.`,
      { retryable, details: { node: this.#node.name }, cause },
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
