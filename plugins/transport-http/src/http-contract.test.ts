// The contract of a medium, both ways, beside a function that does nothing but number what it has to say.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FrameReceiver, Transport } from "@systole/sdk";
import {
  fitting,
  framesAnswer,
  FRAMES_PURPOSE,
  MAX_EXCHANGED_FRAME_BYTES,
  readFramesCall,
  RefusedCall,
  signedHandler,
} from "@systole/sdk/http";
import { RealClock, transportCasesFor, type TransportSubject } from "@systole/sdk/testkit";
import { describe, expect, it, test } from "vitest";
import { HttpTransport } from "./http-transport.js";

const KEY = "k".repeat(32);

/** The other end, as a medium of its own. */
class FunctionEnd implements Transport {
  readonly medium = "function";
  readonly supports = { maxFrameBytes: MAX_EXCHANGED_FRAME_BYTES };
  readonly said: Uint8Array[] = [];
  calls = 0;
  clockAheadMs = 0;
  private receiver: FrameReceiver | undefined;
  private started = false;
  private server: Server | undefined;
  url = "";

  async open(): Promise<this> {
    const handler = signedHandler({
      purpose: FRAMES_PURPOSE,
      keyOf: (name) => (name === "test" ? KEY : undefined),
      calls: false,
      nowMs: () => Date.now() + this.clockAheadMs,
      answer: async ({ body }) => this.answer(body),
    });
    const server = createServer((incoming, outgoing) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
        const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
        const init = { method: "POST", headers: headers as [string, string][], body: Buffer.concat(chunks) };
        const response = await handler(new Request(`http://function${incoming.url ?? ""}`, init));
        outgoing.writeHead(response.status, Object.fromEntries(response.headers));
        outgoing.end(await response.text());
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.server = server;
    this.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/frames`;
    return this;
  }

  attach(receiver: FrameReceiver): void {
    this.receiver = receiver;
  }

  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.started = true;
  }

  async stop(): Promise<void> {
    this.started = false;
  }

  async send(frame: Uint8Array): Promise<void> {
    if (frame.length > MAX_EXCHANGED_FRAME_BYTES) throw new Error("too large");
    this.said.push(frame.slice());
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server?.close(() => resolve());
      this.server?.closeAllConnections();
    });
  }

  private answer(body: string): string {
    this.calls += 1;
    const call = readFramesCall(body);
    if (call === undefined || call.from !== "alpha") throw new RefusedCall("no such node");
    for (const frame of call.frames) if (this.started) this.deliver(frame);
    const had = call.life === "1" ? call.had : 0;
    const waiting = this.said.slice(had);
    const frames = fitting(waiting.toReversed()).toReversed();
    return framesAnswer({ life: "1", upTo: had + waiting.length, frames });
  }

  private deliver(frame: Uint8Array): void {
    try {
      this.receiver?.frame(frame, "alpha");
    } catch {
      // A careless receiver is its own affair.
    }
  }
}

function transportTo(url: string, self = "alpha"): HttpTransport {
  return new HttpTransport({
    medium: "http:test",
    link: { url, cluster: "test", everyMs: 0, timeoutMs: 2000 },
    clock: new RealClock(),
    readKey: async () => KEY,
    self: () => self,
  });
}

/** It asks only when it has something to say, as a node has each keepalive. */
class Pulsing extends HttpTransport {
  private timer: ReturnType<typeof setInterval> | undefined;

  override async start(signal: AbortSignal): Promise<void> {
    await super.start(signal);
    this.timer ??= setInterval(() => void super.send(Uint8Array.of(0)).catch(() => undefined), 10);
  }

  override async stop(signal?: AbortSignal): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await super.stop(signal);
  }
}

const subjects: Readonly<Record<string, TransportSubject>> = {
  "to the function": {
    offers: ["two-ends"],
    open: async () => {
      const end = await new FunctionEnd().open();
      return { sender: transportTo(end.url), receiver: end, close: () => end.close() };
    },
  },
};

for (const [name, subject] of Object.entries(subjects)) {
  describe(`transport contract: ${name}`, () => {
    for (const one of transportCasesFor(subject)) {
      test(`${one.id}: ${one.name}`, () => expect(one.run(subject)).resolves.toBeUndefined());
    }
  });
}

describe("a medium to a function", () => {
  const heard: Uint8Array[] = [];
  const receiver: FrameReceiver = { frame: (bytes) => void heard.push(bytes), failed: () => undefined };
  const signal = new AbortController().signal;

  it("brings the newest of what waits there, the last first, and each frame once", async () => {
    const end = await new FunctionEnd().open();
    for (let count = 0; count < 150; count += 1) await end.send(new Uint8Array(1500).fill(count));
    const link = { url: end.url, cluster: "test", everyMs: 0, timeoutMs: 2000 };
    const pulsing = new Pulsing({
      medium: "m",
      link,
      clock: new RealClock(),
      readKey: async () => KEY,
      self: () => "alpha",
    });
    heard.length = 0;
    pulsing.attach(receiver);
    await pulsing.start(signal);
    await expect.poll(() => heard.length, { timeout: 5000 }).toBeGreaterThan(20);
    const count = heard.length;
    expect(heard.map((frame) => frame[0])).toEqual(Array.from({ length: count }, (_, index) => 149 - index));
    await end.send(Uint8Array.of(200));
    await expect.poll(() => heard.at(-1)).toEqual(Uint8Array.of(200));
    expect(heard).toHaveLength(count + 1);
    await pulsing.stop(signal);
    await end.close();
  });

  it("gathers, and asks no more often than it is allowed", async () => {
    const end = await new FunctionEnd().open();
    await end.start();
    const link = { url: end.url, cluster: "test", everyMs: 200, timeoutMs: 2000 };
    const slow = new HttpTransport({
      medium: "m",
      link,
      clock: new RealClock(),
      readKey: async () => KEY,
      self: () => "alpha",
    });
    await slow.start(signal);
    await Promise.all([1, 2, 3].map((value) => slow.send(Uint8Array.of(value))));
    expect(end.calls).toBe(1);
    await Promise.all([4, 5].map((value) => slow.send(Uint8Array.of(value))));
    expect(end.calls).toBe(2);
    await slow.stop(signal);
    await end.close();
  });

  it("says what is wrong: no function, a wrong node, and takes a clock that is wrong as it is", async () => {
    const end = await new FunctionEnd().open();
    end.clockAheadMs = 3_600_000;
    const good = transportTo(end.url);
    await good.start(signal);
    await expect(good.send(Uint8Array.of(1))).resolves.toBeUndefined();
    await good.stop(signal);
    const stranger = transportTo(end.url, "mallory");
    await stranger.start(signal);
    await expect(stranger.send(Uint8Array.of(1))).rejects.toThrow("refuses it: no such node");
    await stranger.stop(signal);
    await end.close();
    const nobody = transportTo(end.url);
    await nobody.start(signal);
    await expect(nobody.send(Uint8Array.of(1))).rejects.toMatchObject({ code: "TRANSPORT_SEND_FAILED" });
    await nobody.stop(signal);
  });
});
