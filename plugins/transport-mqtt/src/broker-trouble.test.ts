// What a medium does when its broker is away, stalls, never answers, or says too much: real mosquitto, and servers that misbehave.
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { MAX_PACKET_BYTES, MAX_UNACKNOWLEDGED } from "./limits.js";
import { freePort, Mosquitto, WITHOUT_MOSQUITTO } from "./testing/mosquitto.js";
import { never, nodeAt, until, type NodeAtBroker } from "./testing/node-at-broker.js";

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const bytes = (text: string): Uint8Array => Buffer.from(text);

async function broker(): Promise<Mosquitto> {
  const started = await Mosquitto.start();
  closing.push(() => started.close());
  return started;
}

/** Started; stopped with the test. */
async function started(node: NodeAtBroker): Promise<NodeAtBroker> {
  closing.push(() => node.transport.stop());
  await node.transport.start(never);
  return node;
}

async function pair(port: number, settings: { keepaliveSeconds?: number; version?: 5 | "3.1.1" } = {}) {
  const at = { url: `mqtt://127.0.0.1:${port}`, ...settings };
  return { alpha: await started(nodeAt(at, "alpha")), beta: await started(nodeAt(at, "beta")) };
}

/** Sends until it is heard. */
async function delivered({ transport }: NodeAtBroker, to: NodeAtBroker, text: string): Promise<void> {
  const heard = (): boolean => to.ear.frames.some((frame) => frame.endsWith(`: ${text}`));
  for (let attempt = 0; attempt < 800 && !heard(); attempt += 1) {
    await transport.send(bytes(text)).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(to.ear.frames).toContain(`alpha: ${text}`);
}

const reasonsIn = ({ log }: NodeAtBroker): readonly unknown[] =>
  log.of("medium.waiting").map(({ fields }) => fields["reason"]);

/** A server of our own in the broker's place. */
async function impostor(onConnection: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer();
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe.skipIf(WITHOUT_MOSQUITTO !== undefined)("a broker that", () => {
  it("is not there yet does not keep a node from starting, and is used as soon as it is", async () => {
    const mosquitto = await broker();
    await mosquitto.kill();
    const at = { url: `mqtt://127.0.0.1:${mosquitto.port}` };
    const alpha = nodeAt(at, "alpha", {}, 50);
    await started(alpha);
    await expect(alpha.transport.send(bytes("early"))).rejects.toMatchObject({
      code: "TRANSPORT_SEND_FAILED",
      retryable: true,
    });
    await until("the reason", () => reasonsIn(alpha).length > 0);
    expect(String(reasonsIn(alpha)[0])).toContain("ECONNREFUSED");
    await mosquitto.start();
    const beta = await started(nodeAt(at, "beta"));
    await delivered(alpha, beta, "late");
    expect(beta.ear.frames).not.toContain("alpha: early");
  });

  it("is killed and started again is used again, and nothing that was said meanwhile is brought later", async () => {
    const mosquitto = await broker();
    const { alpha, beta } = await pair(mosquitto.port);
    await delivered(alpha, beta, "before");
    await mosquitto.kill();
    await until("alpha to notice", () => alpha.ear.failures.length > 0);
    for (let round = 0; round < 20; round += 1) {
      const kind = round % 2 === 0 ? "pulse" : "word";
      await expect(alpha.transport.send(bytes("meanwhile"), kind)).rejects.toMatchObject({ retryable: true });
    }
    await mosquitto.start();
    await delivered(alpha, beta, "after");
    await delivered(alpha, beta, "and then");
    expect(beta.ear.frames.join()).not.toContain("meanwhile");
    // Said once, however often it was tried.
    expect(reasonsIn(alpha).length).toBeLessThanOrEqual(2);
    expect(alpha.log.of("medium.ready")).toHaveLength(2);
  });

  it("stalls takes no more than a bound, is left when it does not answer, and used when it goes on", async () => {
    const mosquitto = await broker();
    const { alpha, beta } = await pair(mosquitto.port, { keepaliveSeconds: 1 });
    await delivered(alpha, beta, "before");
    mosquitto.freeze();
    const outcomes = await Promise.all(
      Array.from({ length: MAX_UNACKNOWLEDGED + 40 }, () =>
        alpha.transport.send(bytes("stalled")).then(
          () => "sent",
          (error: unknown) => String(error),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.includes("has not acknowledged"))).toHaveLength(40);
    expect(outcomes.filter((outcome) => outcome === "sent")).toHaveLength(0);
    await until("the reason", () => reasonsIn(alpha).length > 0);
    expect(reasonsIn(alpha)[0]).toBe("the broker stopped answering");
    mosquitto.thaw();
    await delivered(alpha, beta, "after");
  });

  it("does not read any more takes pulses up to a bound, and the rest is refused", async () => {
    const mosquitto = await broker();
    const { alpha } = await pair(mosquitto.port);
    mosquitto.freeze();
    const frame = new Uint8Array(60_000);
    const refused: unknown[] = [];
    for (let count = 0; count < 400; count += 1) {
      void alpha.transport.send(frame, "pulse").catch((error: unknown) => refused.push(String(error)));
      if (count % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await until("some to be refused", () => refused.length > 0);
    expect(String(refused[0])).toContain("does not read");
    mosquitto.thaw();
  });

  it("takes the connection and never answers is given up, and said so", async () => {
    const port = await impostor(() => undefined);
    const alpha = await started(nodeAt({ url: `mqtt://127.0.0.1:${port}` }, "alpha", {}, 50, 200));
    await until("the reason", () => reasonsIn(alpha).length > 0);
    expect(reasonsIn(alpha)[0]).toMatch(/did not answer within 0\.2 s/);
  });

  it("announces a packet of 256 MB is cut off before it comes", async () => {
    const cut: number[] = [];
    const port = await impostor((socket) => {
      const chunk = Buffer.alloc(65_536);
      // CONNACK of 3.1.1, and then the head of a PUBLISH of 268 435 455 bytes.
      socket.write(Buffer.from([0x20, 2, 0, 0, 0x30, 0xff, 0xff, 0xff, 0x7f]));
      let written = 0;
      const flood = (): void => {
        while (!socket.destroyed && written < MAX_PACKET_BYTES * 200 && socket.write(chunk))
          written += chunk.length;
      };
      socket.on("drain", flood);
      socket.on("close", () => cut.push(written));
      flood();
    });
    const alpha = await started(
      nodeAt({ url: `mqtt://127.0.0.1:${port}`, version: "3.1.1" }, "alpha", {}, 50),
    );
    await until("the reason", () => reasonsIn(alpha).length > 0);
    expect(reasonsIn(alpha)[0]).toMatch(/announced a packet of \d+ bytes/);
    await until("the end of the connection", () => cut.length > 0);
    expect(cut[0]).toBeLessThan(MAX_PACKET_BYTES * 200);
  });

  it("talks nonsense is left", async () => {
    const port = await impostor((socket) => socket.write(Buffer.alloc(4096, 0x03)));
    const alpha = await started(nodeAt({ url: `mqtt://127.0.0.1:${port}` }, "alpha", {}, 50));
    await until("the reason", () => reasonsIn(alpha).length > 0);
    await expect(alpha.transport.send(bytes("x"))).rejects.toMatchObject({ code: "TRANSPORT_SEND_FAILED" });
  });
});

it("a port where nobody listens is tried again with growing pauses, and one line in the log", async () => {
  const alpha = await started(nodeAt({ url: `mqtt://127.0.0.1:${await freePort()}` }, "alpha", {}, 300));
  await until("the reason", () => reasonsIn(alpha).length > 0);
  expect(reasonsIn(alpha)).toHaveLength(1);
  expect(alpha.ear.failures).toHaveLength(1);
});
