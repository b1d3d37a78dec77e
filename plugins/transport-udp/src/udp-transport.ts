// One medium: a ucast, bcast or mcast line, as a Transport.
import { SystoleError, type FrameReceiver, type Logger, type Transport } from "@systole/sdk";
import type { Medium } from "./config.js";
import type { FollowingPart } from "./interface-follower.js";
import { obstacle, type InterfaceFacts } from "./plan.js";
import type { Listener, Reader } from "./reader.js";
import type { SharedParts } from "./shared-parts.js";
import type { Outcome } from "./socket-set.js";
import { Writer } from "./writer.js";

/** What fits into an IPv4 packet with its headers. */
export const MAX_FRAME_BYTES = 65507;

/** Errors of opening that mean: not yet. Others, such as a port in use, end a start. */
const NOT_YET_ERRORS = new Set([
  "EADDRNOTAVAIL",
  "EINVAL",
  "ENETDOWN",
  "ENETUNREACH",
  "ENODEV",
  "ENXIO",
  "INTERFACE_NOT_FOUND",
]);

type Condition =
  | { readonly kind: "ready" }
  | { readonly kind: "missing" }
  | { readonly kind: "waiting"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string; readonly cause: Error };

interface Running {
  readonly reader: Reader;
  readonly writer: Writer;
}

export class UdpTransport implements Transport {
  readonly medium: string;
  readonly supports = { maxFrameBytes: MAX_FRAME_BYTES };
  readonly #config: Medium;
  readonly #shared: SharedParts;
  readonly #log: Logger;
  readonly #listener: Listener;
  readonly #part: FollowingPart;
  #receiver: FrameReceiver | undefined;
  #running: Running | undefined;
  #started = false;
  #condition: Condition = { kind: "ready" };
  #receiverThrows = 0;

  constructor(config: Medium, shared: SharedParts, log: Logger) {
    this.medium = config.interface;
    this.#config = config;
    this.#shared = shared;
    this.#log = log.child({ medium: config.name, interface: config.interface });
    this.#listener = {
      medium: config,
      heard: (bytes, from) => this.#heard(bytes, from),
      lost: (error) => this.#lost(error),
    };
    this.#part = {
      fit: (facts) => this.#fit(facts),
      blind: (error) => this.#enter({ kind: "failed", reason: error.message, cause: error }),
    };
  }

  attach(receiver: FrameReceiver): void {
    this.#receiver = receiver;
  }

  /**
   * Resolves also when the interface has no carrier or address yet: the medium works by itself as soon as it has.
   * Throws `INTERFACE_NOT_FOUND`, or `TRANSPORT_START_FAILED` where waiting cannot help (port in use, no permission).
   */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#running !== undefined) return;
    const reader = this.#shared.joinReader(this.#listener);
    const writer = new Writer(this.#config, this.#shared.network.sockets, {
      // An ephemeral port may happen to be the reader's: then the kernel hands some of its frames to this socket.
      message: (bytes, from) => reader.deliver(bytes, from),
      lost: (error) => this.#lost(error),
    });
    this.#running = { reader, writer };
    try {
      signal.throwIfAborted();
      await untilAborted(this.#shared.follower(this.medium).join(this.#part), signal);
      if (this.#running?.writer !== writer) throw new Error("stopped while it started");
      this.#refuseHopelessStart();
      this.#started = true;
    } catch (error) {
      await this.stop();
      throw error instanceof SystoleError ? error : startFailed(this.#config, error);
    }
    if (this.#condition.kind !== "ready") this.#report(this.#condition);
  }

  /** Never throws. From this call on nothing is delivered. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#started = false;
    this.#shared.follower(this.medium).leave(this.#part);
    await Promise.all([this.#shared.leaveReader(running.reader, this.#listener), running.writer.close()]);
  }

  async send(frame: Uint8Array): Promise<void> {
    if (frame.byteLength > MAX_FRAME_BYTES) {
      throw new SystoleError(
        "FRAME_TOO_LARGE",
        `A frame of ${frame.byteLength} bytes does not fit a datagram (${MAX_FRAME_BYTES}).`,
        { details: { medium: this.#config.name, frameBytes: frame.byteLength } },
      );
    }
    try {
      if (this.#running === undefined) throw new Error("the medium is not started");
      await this.#running.writer.send(frame);
    } catch (cause) {
      throw this.#sendFailed(cause);
    }
  }

  #sendFailed(cause: unknown): SystoleError {
    // Mostly the cable is out, but a removed interface may look the same: worth a look, with growing pauses.
    if (this.#running !== undefined) this.#shared.follower(this.medium).suspect();
    const why = this.#condition.kind === "waiting" ? this.#condition.reason : reasonOf(cause);
    return new SystoleError(
      "TRANSPORT_SEND_FAILED",
      `The frame was not sent on ${this.#config.name}: ${why}.`,
      {
        retryable: this.#running !== undefined,
        details: { medium: this.#config.name, code: codeOf(cause) },
        cause,
      },
    );
  }

  #refuseHopelessStart(): void {
    const condition = this.#condition;
    if (condition.kind === "missing") {
      throw new SystoleError(
        "INTERFACE_NOT_FOUND",
        `There is no interface ${this.medium}, which ${this.#config.name} needs. Name one that this host has.`,
        { details: { medium: this.#config.name, interface: this.medium } },
      );
    }
    if (condition.kind === "failed") throw condition.cause;
  }

  async #fit(facts: InterfaceFacts): Promise<boolean> {
    const running = this.#running;
    if (running === undefined) return true;
    const { binding } = this.#shared;
    const outcomes = await Promise.all([
      running.reader.fit(facts, binding),
      running.writer.fit(facts, binding),
    ]);
    if (this.#running !== running) return true;
    if (binding === "device" && outcomes.some(({ kind }) => kind === "no-device-binding")) {
      this.#shared.binding = "address";
      return this.#fit(facts);
    }
    this.#enter(conditionOf(this.#config, facts, this.#shared.binding, outcomes));
    return this.#condition.kind === "ready";
  }

  #enter(condition: Condition): void {
    const before = this.#condition;
    this.#condition = condition;
    if (this.#started && JSON.stringify(before) !== JSON.stringify(condition)) this.#report(condition);
  }

  /** Once for every change, never for every frame. */
  #report(condition: Condition): void {
    if (condition.kind === "ready") {
      this.#log.info("medium.ready");
      return;
    }
    const reason =
      condition.kind === "missing" ? `interface ${this.medium} does not exist` : condition.reason;
    this.#log.warn("medium.waiting", { reason });
    this.#receiver?.failed(
      new SystoleError("TRANSPORT_START_FAILED", `${this.#config.name} does not work yet: ${reason}.`, {
        retryable: true,
        details: { medium: this.#config.name, reason },
        ...(condition.kind === "failed" ? { cause: condition.cause } : {}),
      }),
    );
  }

  #lost(error: Error): void {
    this.#enter({ kind: "failed", reason: reasonOf(error), cause: error });
    this.#shared.follower(this.medium).suspect();
  }

  #heard(bytes: Uint8Array, from: string): void {
    try {
      this.#receiver?.frame(bytes, from);
    } catch (error) {
      this.#receiverThrows += 1;
      // At each power of two: seen at once, and bounded however many come.
      const worthALine = (this.#receiverThrows & (this.#receiverThrows - 1)) === 0;
      if (worthALine)
        this.#log.error("medium.receiver_threw", { reason: reasonOf(error), times: this.#receiverThrows });
    }
  }
}

function conditionOf(
  medium: Medium,
  facts: InterfaceFacts,
  binding: SharedParts["binding"],
  outcomes: readonly Outcome[],
): Condition {
  if (facts.link === undefined) return { kind: "missing" };
  const reason = obstacle(medium, facts, binding);
  if (reason !== undefined) return { kind: "waiting", reason };
  const failure = outcomes.find((outcome) => outcome.kind === "failed");
  if (failure === undefined) return { kind: "ready" };
  const { error } = failure;
  if (NOT_YET_ERRORS.has(codeOf(error) ?? "")) return { kind: "waiting", reason: reasonOf(error) };
  return { kind: "failed", reason: reasonOf(error), cause: error };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function startFailed(medium: Medium, cause: unknown): SystoleError {
  return new SystoleError(
    "TRANSPORT_START_FAILED",
    `Medium ${medium.name} cannot be opened on ${medium.interface}, port ${medium.port}: ${reasonOf(cause)}.`,
    { details: { medium: medium.name, interface: medium.interface, port: medium.port }, cause },
  );
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener("abort", abort);
  }
}
