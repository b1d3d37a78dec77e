// One opened tty, through the package serialport: raw and exclusive.
import { stat } from "node:fs/promises";
import { SerialPort } from "serialport";
import { SystoleError } from "@systole/sdk";
import type { SerialPortConfig } from "./config.js";

export interface DeviceEvents {
  bytes(chunk: Uint8Array): void;
  /** The device is gone or failed; it is closed already. Called at most once, and not after `close` was called. */
  lost(error: Error): void;
}

export interface SerialDevice {
  /** Resolves when the kernel has the bytes. One at a time. Rejects when the device is lost or closed meanwhile. */
  write(chunk: Uint8Array): Promise<void>;
  /** Discards what the kernel has not put on the line yet, and closes. Never rejects. */
  close(): Promise<void>;
}

/** Rejects with `INTERFACE_NOT_FOUND` when there is no such device, else with the system's error. */
export type OpenDevice = (config: SerialPortConfig, events: DeviceEvents) => Promise<SerialDevice>;

export const openSerialDevice: OpenDevice = async ({ device, baud }, events) => {
  await assertDevice(device);
  // As heartbeat sets its end, flow control by RTS and CTS included; a closed port leaves the modem lines alone.
  const line = { dataBits: 8, parity: "none", stopBits: 1, rtscts: true, hupcl: false } as const;
  const port = new SerialPort({ path: device, baudRate: baud, ...line, autoOpen: false });
  await settled((ended) => port.open(ended));
  // What the line said before is not for this life of the node.
  await attempted((ended) => port.flush(ended));
  return new OpenedDevice(port, events);
};

class OpenedDevice implements SerialDevice {
  readonly #port: SerialPort;
  readonly #events: DeviceEvents;
  #open = true;
  #failWrite: ((error: Error) => void) | undefined;

  constructor(port: SerialPort, events: DeviceEvents) {
    this.#port = port;
    this.#events = events;
    port.on("data", (chunk: Buffer) => {
      if (this.#open) events.bytes(chunk);
    });
    port.on("error", (error: Error) => this.#lose(error));
    port.on("close", (error: Error | null) => this.#lose(error ?? new Error("the device was closed")));
  }

  write(chunk: Uint8Array): Promise<void> {
    if (!this.#open) return Promise.reject(new Error("the device is closed"));
    return new Promise((resolve, reject) => {
      // The package may forget the callback of a write when the device disappears.
      this.#failWrite = reject;
      this.#port.write(Buffer.from(chunk), (error) => {
        if (error instanceof Error) reject(error);
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#release(new Error("the device was closed meanwhile"));
  }

  #lose(error: Error): void {
    if (!this.#open) return;
    this.#open = false;
    void this.#release(error);
    this.#events.lost(error);
  }

  async #release(error: Error): Promise<void> {
    this.#failWrite?.(error);
    if (!this.#port.isOpen) return;
    // Otherwise closing waits for a line that nobody reads.
    await attempted((ended) => this.#port.flush(ended));
    await attempted((ended) => this.#port.close(ended));
  }
}

async function assertDevice(path: string): Promise<void> {
  let isDevice: boolean;
  try {
    isDevice = (await stat(path)).isCharacterDevice();
  } catch (cause) {
    throw new SystoleError(
      "INTERFACE_NOT_FOUND",
      `There is no device ${path}. Name a serial port that this host has, e.g. /dev/ttyS0.`,
      { details: { device: path }, cause },
    );
  }
  if (!isDevice) throw new Error(`${path} is not a serial port`);
}

type CallWithEnd = (ended: (error: Error | null) => void) => void;

/** For what may fail without consequence. */
async function attempted(call: CallWithEnd): Promise<void> {
  await Promise.allSettled([settled(call)]);
}

function settled(call: CallWithEnd): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}
