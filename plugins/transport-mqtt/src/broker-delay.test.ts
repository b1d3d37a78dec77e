// How long a frame is on its way through a broker, beside the same frame by UDP on the same machine: printed, and only held to a generous bound.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FrameReceiver } from "@systole/sdk";
import { describe, expect, it } from "vitest";
import { makeCertificates } from "./testing/certificates.js";
import { Mosquitto, WITHOUT_MOSQUITTO } from "./testing/mosquitto.js";
import { never, nodeAt } from "./testing/node-at-broker.js";

const FRAMES = 200;
/** As large as a sign of life. */
const FRAME = new Uint8Array(400).fill(1);

type Carry = (frame: Uint8Array, arrived: () => void) => void;

/** Of one frame after the other, in ms: the one in the middle, and the slowest but two of a hundred. */
async function delays(carry: Carry): Promise<{ readonly p50: number; readonly p98: number }> {
  const taken: number[] = [];
  for (let count = 0; count < FRAMES; count += 1) {
    const fromMs = performance.now();
    await new Promise<void>((resolve) => carry(FRAME, resolve));
    taken.push(performance.now() - fromMs);
  }
  const sorted = taken.toSorted((a, b) => a - b);
  return { p50: sorted[FRAMES / 2] ?? Infinity, p98: sorted[Math.floor(FRAMES * 0.98)] ?? Infinity };
}

async function overUdp(): Promise<{ readonly p50: number; readonly p98: number }> {
  const [from, to] = [createSocket("udp4"), createSocket("udp4")];
  to.bind(0, "127.0.0.1");
  await once(to, "listening");
  const { port } = to.address();
  const figures = await delays((frame, arrived) => {
    to.once("message", () => arrived());
    from.send(frame, port, "127.0.0.1");
  });
  from.close();
  to.close();
  return figures;
}

async function overBroker(kind: "pulse" | "word", broker: Parameters<typeof nodeAt>[0]) {
  let arrived: () => void = () => undefined;
  const ear: FrameReceiver = { frame: () => arrived(), failed: () => undefined };
  const [alpha, beta] = [nodeAt(broker, "alpha").transport, nodeAt(broker, "beta").transport];
  beta.attach(ear);
  await Promise.all([alpha.start(never), beta.start(never)]);
  const figures = await delays((frame, done) => {
    arrived = done;
    void alpha.send(frame, kind);
  });
  await Promise.all([alpha.stop(), beta.stop()]);
  return figures;
}

describe.skipIf(WITHOUT_MOSQUITTO !== undefined)("the way through a broker", () => {
  it("takes a fraction of a keepalive, with and without encryption", async () => {
    const directory = mkdtempSync(join(tmpdir(), "systole-mqtt-delay-"));
    const { ca, brokerCert, brokerKey } = makeCertificates(directory);
    const open = await Mosquitto.start();
    const tls = await Mosquitto.start({
      lines: [`cafile ${ca}`, `certfile ${brokerCert}`, `keyfile ${brokerKey}`, "allow_anonymous true"],
    });
    try {
      const url = `mqtt://127.0.0.1:${open.port}`;
      const figures = {
        "UDP, without a broker": await overUdp(),
        "a pulse (QoS 0)": await overBroker("pulse", { url }),
        "a word (QoS 1)": await overBroker("word", { url }),
        "a pulse, TLS": await overBroker("pulse", { url: `mqtts://127.0.0.1:${tls.port}`, ca }),
      };
      for (const [way, { p50, p98 }] of Object.entries(figures)) {
        process.stdout.write(`${way}: p50 ${p50.toFixed(3)} ms, p98 ${p98.toFixed(3)} ms\n`);
        expect(p50).toBeLessThan(100);
      }
    } finally {
      await Promise.all([open.close(), tls.close()]);
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
