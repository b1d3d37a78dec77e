// Wills, what the broker has kept, strangers who write, two nodes with one client id, and how a node leaves: at a real mosquitto.
import { afterEach, describe, expect, it } from "vitest";
import { CuttablePath } from "./testing/cuttable-path.js";
import { Mosquitto, WITHOUT_MOSQUITTO } from "./testing/mosquitto.js";
import { never, nodeAt, until, type NodeAtBroker } from "./testing/node-at-broker.js";
import { Stranger } from "./testing/stranger.js";

const closing: (() => Promise<unknown>)[] = [];
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const TOPIC = "systole/linux-ha";

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function broker(): Promise<Mosquitto> {
  const started = await Mosquitto.start();
  closing.push(() => started.close());
  return started;
}

async function started(node: NodeAtBroker): Promise<NodeAtBroker> {
  closing.push(() => node.transport.stop());
  await node.transport.start(never);
  return node;
}

async function stranger(port: number): Promise<Stranger> {
  const one = await Stranger.at(port);
  closing.push(() => one.leave());
  return one;
}

const url = (port: number): string => `mqtt://127.0.0.1:${port}`;

describe.skipIf(WITHOUT_MOSQUITTO !== undefined).each([5, "3.1.1"] as const)(
  "with protocol %s",
  (version) => {
    it("a node whose connection breaks is a hint to the others, and one that stops is none", async () => {
      const { port } = await broker();
      const path = await CuttablePath.to(port);
      closing.push(() => path.close());
      const alpha = await started(nodeAt({ url: url(path.port), version }, "alpha"));
      const beta = await started(nodeAt({ url: url(port), version }, "beta"));
      path.breakOff();
      await until("the hint", () => beta.ear.hints.length > 0);
      expect(beta.ear.hints).toEqual(["alpha"]);
      // It comes back by itself, and then it leaves in order.
      await until("alpha to be back", () => alpha.log.of("medium.ready").length === 2);
      await alpha.transport.send(Buffer.from("last word"));
      await alpha.transport.stop();
      await until("the last word", () => beta.ear.frames.includes("alpha: last word"));
      await pause(100);
      expect(beta.ear.hints).toEqual(["alpha"]);
    });

    it("what the broker has kept is neither a frame nor a hint, whenever it comes", async () => {
      const { port } = await broker();
      const one = await stranger(port);
      await one.say(`${TOPIC}/alpha`, "of a former life", { retain: true });
      const beta = await started(nodeAt({ url: url(port), version }, "beta"));
      await one.say(`${TOPIC}/alpha`, "now", { retain: false });
      await until("the frame", () => beta.ear.frames.includes("alpha: now"));
      expect(beta.ear.frames).toEqual(["alpha: now"]);
      // MQTT 5 asks that nothing kept be sent; 3.1.1 cannot ask.
      expect(beta.ear.refusals).toEqual(version === 5 ? [] : ["alpha: retained"]);
    });

    it("frames of a node reach the others with its name, a pulse at most once and a word at least once", async () => {
      const { port } = await broker();
      const one = await stranger(port);
      await one.listen(`${TOPIC}/#`);
      const alpha = await started(nodeAt({ url: url(port), version }, "alpha"));
      const beta = await started(nodeAt({ url: url(port), version }, "beta"));
      await alpha.transport.send(Buffer.from("pulse"), "pulse");
      await alpha.transport.send(Buffer.from("word"), "word");
      await until("both", () => one.seen.length === 2 && beta.ear.frames.length === 2);
      expect(one.seen).toEqual([
        { topic: `${TOPIC}/alpha`, text: "pulse", qos: 0, retained: false },
        { topic: `${TOPIC}/alpha`, text: "word", qos: 1, retained: false },
      ]);
      // MQTT 5 keeps one's own words away; 3.1.1 brings them back.
      await until("its own words", () => version === 5 || alpha.ear.frames.length === 2);
      expect(alpha.ear.frames).toEqual(version === 5 ? [] : ["alpha: pulse", "alpha: word"]);
    });

    it("two clients with one client id throw each other out at growing pauses, and say what is wrong", async () => {
      const { port } = await broker();
      // A copied machine, or a second cluster whose name nobody has changed.
      const twins = [await started(nodeAt({ url: url(port), version }, "alpha"))];
      twins.push(await started(nodeAt({ url: url(port), version }, "alpha")));
      await pause(900);
      const accepted = twins.flatMap(({ log }) => log.of("medium.ready")).length;
      expect(accepted).toBeGreaterThan(1);
      expect(accepted).toBeLessThan(12);
      const said = twins.flatMap(({ log }) =>
        log.of("medium.waiting").map(({ fields }) => String(fields["reason"])),
      );
      expect(said.join("\n")).toMatch(
        /another client (has connected with|may have) the client id systole-linux-ha-alpha/,
      );
    });
  },
);

describe.skipIf(WITHOUT_MOSQUITTO !== undefined)("whoever else is at the broker", () => {
  it("is heard as an unproven frame or an unproven hint, and what does not fit is counted", async () => {
    const { port } = await broker();
    const beta = await started(nodeAt({ url: url(port), version: "3.1.1" }, "beta"));
    const one = await stranger(port);
    await one.say(`${TOPIC}/alpha`, "forged");
    await one.say(`${TOPIC}/alpha`, Buffer.alloc(0));
    await one.say(`${TOPIC}/alpha`, Buffer.alloc(66_000));
    await one.say(`${TOPIC}/beta`, "in beta's own name");
    await one.say(`systole/other/alpha`, "of another cluster");
    await one.say(`${TOPIC}/alpha`, "end");
    await until("the end", () => beta.ear.frames.includes("alpha: end"));
    expect(beta.ear.frames).toEqual(["alpha: forged", "beta: in beta's own name", "alpha: end"]);
    expect(beta.ear.hints).toEqual(["alpha"]);
    expect(beta.ear.refusals).toEqual(["alpha: oversized"]);
  });
});

describe.skipIf(WITHOUT_MOSQUITTO !== undefined)("leaving", () => {
  it("leaves nothing open, after a good connection, during a pause, and in the middle of an attempt", async () => {
    const mosquitto = await broker();
    const open = (kinds = /TCP|Connect|Timeout/): number =>
      process.getActiveResourcesInfo().filter((one) => kinds.test(one)).length;
    await until("what looked for mosquitto to be gone", () => open(/TCP/) === 0);
    const before = open();
    const good = nodeAt({ url: url(mosquitto.port) }, "alpha");
    await good.transport.start(never);
    expect(open(/TCP/)).toBeGreaterThan(0);
    await good.transport.stop();
    const pausing = nodeAt({ url: "mqtt://127.0.0.1:1" }, "alpha", {}, 30);
    await pausing.transport.start(never);
    await pausing.transport.stop();
    const attempting = nodeAt({ url: url(mosquitto.port) }, "alpha");
    const starting = attempting.transport.start(never);
    await until("the attempt", () => open(/TCP/) > 0);
    await attempting.transport.stop();
    await starting;
    const preparing = nodeAt({ url: url(mosquitto.port) }, "alpha");
    const refused = preparing.transport.start(never).catch((error: unknown) => String(error));
    await preparing.transport.stop();
    expect(await refused).toContain("stopped while it started");
    await until("everything to be closed", () => open() <= before, 2000);
  });

  it("does not wait long for a broker that has stalled", async () => {
    const mosquitto = await broker();
    const alpha = await started(nodeAt({ url: url(mosquitto.port) }, "alpha"));
    mosquitto.freeze();
    void alpha.transport.send(Buffer.from("unheard")).catch(() => undefined);
    const fromMs = Date.now();
    await alpha.transport.stop();
    expect(Date.now() - fromMs).toBeLessThan(3000);
    mosquitto.thaw();
  });
});
