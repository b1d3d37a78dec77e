// One serial line as a Transport: opens it, opens it again when it was away, and keeps what is slow from piling up.
import { SystoleError, type FrameReceiver, type Logger, type Transport } from "@systole/sdk";
import type { SerialPortConfig } from "./config.js";
import { FrameCollector } from "./frame-collector.js";
import { MAX_FRAME_BYTES, STOP_DRAIN_MS } from "./limits.js";
import { PacedWriter } from "./paced-writer.js";
import type { OpenDevice, SerialDevice } from "./serial-device.js";

/** Pauses between two attempts to open a device that was lost: doubled each time, from the first to the last. */
export interface ReopenPauses {
  readonly firstMs: number;
  readonly lastMs: number;
}

const REOPEN_PAUSES: ReopenPauses = { firstMs: 250, lastMs: 10_000 };
/** Ends a line that the other side has half of, so that its reader finds the `>>>` that follows. */
const LINE_END = Uint8Array.of(0x0a);

export class SerialTransport implements Transport {
  readonly medium: string;
  readonly supports = { maxFrameBytes: MAX_FRAME_BYTES, form: "string" } as const;
  readonly #config: SerialPortConfig;
  readonly #open: OpenDevice;
  readonly #log: Logger;
  readonly #pauses: ReopenPauses;
  readonly #writer: PacedWriter;
  #receiver: FrameReceiver | undefined;
  /** Replaced at each start: what an earlier life left under way sees that it is over. */
  #life: AbortController | undefined;
  #device: SerialDevice | undefined;
  #openedAtMs = 0;
  #pauseMs: number;
  #receiverThrows = 0;

  constructor(config: SerialPortConfig, open: OpenDevice, log: Logger, pauses = REOPEN_PAUSES) {
    this.medium = config.device;
    this.#config = config;
    this.#open = open;
    this.#log = log.child({ medium: config.name, device: config.device });
    this.#pauses = pauses;
    this.#pauseMs = pauses.firstMs;
    this.#writer = new PacedWriter(config.baud);
  }

  attach(receiver: FrameReceiver): void {
    this.#receiver = receiver;
  }

  /** Throws `INTERFACE_NOT_FOUND`, or `TRANSPORT_START_FAILED` where the device cannot be opened. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#life !== undefined) return;
    const life = new AbortController();
    this.#life = life;
    try {
      signal.throwIfAborted();
      await this.#connect(life.signal);
      signal.throwIfAborted();
      if (life.signal.aborted) throw new Error("stopped while it started");
    } catch (error) {
      await this.stop(AbortSignal.abort());
      throw error instanceof SystoleError ? error : startFailed(this.#config, error);
    }
  }

  /** Lets the line carry what waits, for a second at most. Never throws. From this call on nothing is delivered. */
  async stop(signal?: AbortSignal): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    life.abort();
    if (this.#device !== undefined && signal?.aborted !== true) {
      const drained = new AbortController();
      void this.#writer.idle().then(() => drained.abort());
      const ends = signal === undefined ? [drained.signal] : [drained.signal, signal];
      await pauseOf(STOP_DRAIN_MS, AbortSignal.any(ends));
    }
    const device = this.#device;
    this.#device = undefined;
    this.#writer.disconnect(new Error("the medium was stopped"));
    await device?.close();
  }

  async send(frame: Uint8Array): Promise<void> {
    if (frame.byteLength > MAX_FRAME_BYTES) {
      throw new SystoleError(
        "FRAME_TOO_LARGE",
        `A frame of ${frame.byteLength} bytes is too large for a serial line (${MAX_FRAME_BYTES}).`,
        { details: { medium: this.#config.name, frameBytes: frame.byteLength } },
      );
    }
    try {
      if (this.#life === undefined) throw new Error("the medium is not started");
      await this.#writer.send(frame);
    } catch (cause) {
      throw new SystoleError(
        "TRANSPORT_SEND_FAILED",
        `The frame was not sent on ${this.#config.name}: ${reasonOf(cause)}.`,
        { retryable: this.#life !== undefined, details: { medium: this.#config.name }, cause },
      );
    }
  }

  async #connect(life: AbortSignal): Promise<void> {
    const collector = new FrameCollector();
    const device = await this.#open(this.#config, {
      bytes: (chunk) => {
        for (const frame of collector.push(chunk)) if (!life.aborted) this.#deliver(frame);
      },
      lost: (error) => this.#lost(life, error),
    });
    if (life.aborted) {
      await device.close();
      return;
    }
    this.#device = device;
    this.#openedAtMs = performance.now();
    this.#writer.connect((chunk) => device.write(chunk));
    // Not awaited: a line that nobody reads may take it late. Where it fails the device is lost, which is told otherwise.
    this.#writer.send(LINE_END).catch(() => undefined);
  }

  #lost(life: AbortSignal, error: Error): void {
    this.#device = undefined;
    this.#writer.disconnect(error);
    if (life.aborted) return;
    // A device that is lost as soon as it is opened must not be opened in a tight loop.
    if (performance.now() - this.#openedAtMs > this.#pauses.lastMs) this.#pauseMs = this.#pauses.firstMs;
    this.#report(error);
    void this.#reopen(life);
  }

  async #reopen(life: AbortSignal): Promise<void> {
    while (!life.aborted) {
      await pauseOf(this.#pauseMs, life);
      this.#pauseMs = Math.min(this.#pauseMs * 2, this.#pauses.lastMs);
      if (life.aborted) return;
      try {
        await this.#connect(life);
        if (!life.aborted) this.#log.info("medium.ready");
        return;
      } catch (error) {
        this.#log.debug("medium.still_waiting", { reason: reasonOf(error) });
      }
    }
  }

  #report(error: Error): void {
    this.#log.warn("medium.waiting", { reason: reasonOf(error) });
    this.#receiver?.failed(
      new SystoleError("TRANSPORT_START_FAILED", `${this.#config.name} was lost: ${reasonOf(error)}.`, {
        retryable: true,
        details: { medium: this.#config.name, device: this.#config.device },
        cause: error,
      }),
    );
  }

  #deliver(frame: Uint8Array): void {
    try {
      this.#receiver?.frame(frame, this.#config.device);
    } catch (error) {
      this.#receiverThrows += 1;
      // At each power of two: seen at once, and bounded however many come.
      const worthALine = (this.#receiverThrows & (this.#receiverThrows - 1)) === 0;
      if (worthALine)
        this.#log.error("medium.receiver_threw", { reason: reasonOf(error), times: this.#receiverThrows });
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function startFailed(port: SerialPortConfig, cause: unknown): SystoleError {
  return new SystoleError(
    "TRANSPORT_START_FAILED",
    `Medium ${port.name} cannot be opened: ${reasonOf(cause)}. Does another program use ${port.device}?`,
    { details: { medium: port.name, device: port.device, baud: port.baud }, cause },
  );
}

/** Resolves after `delayMs`, or when the signal aborts. */
function pauseOf(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
