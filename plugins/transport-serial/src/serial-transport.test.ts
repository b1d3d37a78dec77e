// What a serial line does to those who trust it: noise, halves, a device that is missing, leaves and returns.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordingLogger } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openSerialDevice } from "./serial-device.js";
import { SerialTransport } from "./serial-transport.js";
import { NullModem } from "./testing/null-modem.js";

const never = new AbortController().signal;
const FRAME = ">>>\nt=status\nauth=1 a\n<<<\n";
const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

let directory: string;
let modem: NullModem;
const started: SerialTransport[] = [];

interface Listening {
  readonly transport: SerialTransport;
  readonly heard: string[];
  readonly complaints: string[];
  readonly log: RecordingLogger;
}

function at(device: string): Listening {
  const log = new RecordingLogger();
  const config = { name: `serial:${device}`, device, baud: 115_200 as const };
  const transport = new SerialTransport(config, openSerialDevice, log, { firstMs: 10, lastMs: 40 });
  const heard: string[] = [];
  const complaints: string[] = [];
  transport.attach({
    frame: (frame) => void heard.push(Buffer.from(frame).toString("latin1")),
    failed: (error) => void complaints.push(error.message),
  });
  started.push(transport);
  return { transport, heard, complaints, log };
}

async function bothEnds(): Promise<{ left: Listening; right: Listening }> {
  const left = at(modem.path("left"));
  const right = at(modem.path("right"));
  await left.transport.start(never);
  await right.transport.start(never);
  return { left, right };
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-serial-"));
  modem = new NullModem({ left: join(directory, "left"), right: join(directory, "right") });
});

afterEach(async () => {
  for (const transport of started.splice(0)) await transport.stop(AbortSignal.abort());
  await modem.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A busy machine takes its time. */
const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 });

describe("SerialTransport", () => {
  it("is named after its device and asks for frames in string form", () => {
    const { transport } = at("/dev/ttyS0");
    expect(transport.medium).toBe("/dev/ttyS0");
    expect(transport.supports.form).toBe("string");
  });

  it("hears frames between noise and halves of frames", async () => {
    const { left, right } = await bothEnds();
    modem.inject("right", bytes("\x00\xff\xfe noise \r\n<<<\n>>>\nt=hal"));
    modem.inject("right", bytes("f\n"));
    await left.transport.send(bytes(FRAME));
    await eventually(() => expect(right.heard).toEqual([FRAME]));
    modem.inject("right", bytes(FRAME.slice(0, 8)));
    await left.transport.send(bytes(FRAME));
    await left.transport.send(bytes(FRAME));
    // The first ran into the half before it: what comes of the two is for the signature's check.
    await eventually(() => expect(right.heard.at(-1)).toBe(FRAME));
    await eventually(() => expect(right.heard.length).toBeGreaterThanOrEqual(3));
  });

  it("says at the start that the device is missing", async () => {
    const { transport } = at(join(directory, "nothing"));
    await expect(transport.start(never)).rejects.toMatchObject({
      code: "INTERFACE_NOT_FOUND",
      message: expect.stringContaining(join(directory, "nothing")),
    });
  });

  it("says at the start that something else is no serial port", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    await expect(at(file).transport.start(never)).rejects.toMatchObject({
      code: "TRANSPORT_START_FAILED",
      message: expect.stringContaining("not a serial port"),
    });
    await expect(at("/dev/null").transport.start(never)).rejects.toMatchObject({
      code: "TRANSPORT_START_FAILED",
    });
  });

  it("opens a device again that left and returned, and tells of it once", async () => {
    const { left, right } = await bothEnds();
    await modem.unplug("left");
    await eventually(() => expect(left.complaints).toHaveLength(1));
    await expect(left.transport.send(bytes(FRAME))).rejects.toMatchObject({
      code: "TRANSPORT_SEND_FAILED",
      retryable: true,
    });
    await eventually(() => expect(left.log.of("medium.still_waiting").length).toBeGreaterThan(3));
    expect(left.complaints).toHaveLength(1);
    modem.plug("left");
    await eventually(() => expect(left.log.of("medium.ready")).toHaveLength(1));
    await left.transport.send(bytes(FRAME));
    await right.transport.send(bytes(FRAME));
    await eventually(() => expect([left.heard, right.heard]).toEqual([[FRAME], [FRAME]]));
  });

  it("does not open a device again after it was stopped", async () => {
    const { left } = await bothEnds();
    await modem.unplug("left");
    await eventually(() => expect(left.complaints).toHaveLength(1));
    await left.transport.stop();
    modem.plug("left");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(left.log.of("medium.ready")).toEqual([]);
  });

  it("stops although the other end reads nothing, and can be started again", async () => {
    const left = at(modem.path("left"));
    await left.transport.start(never);
    // Nobody has the right port open: the cable fills up, as one with flow control does.
    const sends = Array.from({ length: 200 }, () => left.transport.send(bytes(FRAME)).catch(() => undefined));
    await left.transport.stop();
    await Promise.all(sends);
    await left.transport.start(never);
    const right = at(modem.path("right"));
    await right.transport.start(never);
    await left.transport.send(bytes(FRAME));
    await eventually(() => expect(right.heard).toContain(FRAME));
  });

  it("lets what waits out before it stops", async () => {
    const { left, right } = await bothEnds();
    const sends = Array.from({ length: 20 }, () => left.transport.send(bytes(FRAME)));
    await left.transport.stop();
    await Promise.all(sends);
    await eventually(() => expect(right.heard).toHaveLength(20));
  });
});
