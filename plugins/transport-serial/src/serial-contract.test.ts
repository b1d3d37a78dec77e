// The contract of a medium over a pair of pseudo terminals. The contract sends any bytes, a serial line carries frames in
// string form only: so each end is wrapped in one that writes the bytes as a field, as a message would carry them.
import type { FrameReceiver, Transport } from "@systole/sdk";
import { RecordingLogger, transportCasesFor, type TransportSubject } from "@systole/sdk/testkit";
import { describe, expect, test } from "vitest";
import { openSerialDevice } from "./serial-device.js";
import { SerialTransport } from "./serial-transport.js";
import { NullModem } from "./testing/null-modem.js";

const HEAD = ">>>\n(1)x=";
const TAIL = "\n<<<\n";

class AsFields implements Transport {
  readonly medium: string;
  readonly supports: { readonly maxFrameBytes: number };
  readonly #inner: Transport;

  constructor(inner: Transport) {
    this.#inner = inner;
    this.medium = inner.medium;
    const room = inner.supports.maxFrameBytes - HEAD.length - TAIL.length;
    this.supports = { maxFrameBytes: Math.floor(room / 4) * 3 };
  }

  attach(receiver: FrameReceiver): void {
    this.#inner.attach({
      frame: (bytes, from) => {
        const text = Buffer.from(bytes).toString("latin1");
        const isOurs = text.startsWith(HEAD) && text.endsWith(TAIL);
        const field = isOurs ? text.slice(HEAD.length, -TAIL.length) : "";
        receiver.frame(Buffer.from(field, "base64"), from);
      },
      failed: (error) => receiver.failed(error),
    });
  }

  send(frame: Uint8Array): Promise<void> {
    return this.#inner.send(Buffer.from(`${HEAD}${Buffer.from(frame).toString("base64")}${TAIL}`));
  }

  start(signal: AbortSignal): Promise<void> {
    return this.#inner.start(signal);
  }

  stop(signal: AbortSignal): Promise<void> {
    return this.#inner.stop(signal);
  }
}

const subject: TransportSubject = {
  offers: ["two-ends"],
  arrivesWithinMs: 15_000,
  open: async () => {
    const modem = new NullModem();
    const end = (path: string): Transport =>
      new AsFields(
        new SerialTransport(
          { name: `serial:${path}`, device: path, baud: 460_800 },
          openSerialDevice,
          new RecordingLogger(),
        ),
      );
    return {
      sender: end(modem.path("left")),
      receiver: end(modem.path("right")),
      close: () => modem.close(),
    };
  },
};

describe("transport contract: serial over pseudo terminals", () => {
  for (const one of transportCasesFor(subject)) {
    test(`${one.id}: ${one.name}`, () => expect(one.run(subject)).resolves.toBeUndefined());
  }
});
