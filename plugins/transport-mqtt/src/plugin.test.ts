// The plugin as a host composes it: several brokers at once, the node's name from the cluster, and a quorum over the same connection.
import { Clock, ClusterAccess, Quorum, Transport } from "@systole/sdk";
import { MemoryClusterAccess, RealClock, service, TestHost } from "@systole/sdk/testkit";
import { afterEach, describe, expect, it } from "vitest";
import plugin from "./index.js";
import { Mosquitto, WITHOUT_MOSQUITTO } from "./testing/mosquitto.js";
import { Ear, nodeAt, until } from "./testing/node-at-broker.js";

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const QUESTION = { self: "alpha", nodes: ["alpha", "beta"], alive: ["alpha"] };
const signal = new AbortController().signal;

describe.skipIf(WITHOUT_MOSQUITTO !== undefined)("two brokers in one plugin", () => {
  it("are two media: what one has lost the other carries, and each answers for itself", async () => {
    const [west, east] = [await Mosquitto.start(), await Mosquitto.start()];
    closing.push(
      () => west.close(),
      () => east.close(),
    );
    const url = (broker: Mosquitto): string => `mqtt://127.0.0.1:${broker.port}`;
    const host = await TestHost.boot(plugin, {
      config: {
        cluster: "shop",
        brokers: [
          { name: "west", url: url(west) },
          { name: "east", url: url(east), version: "3.1.1" },
        ],
      },
      services: [service(ClusterAccess, new MemoryClusterAccess()), service(Clock, new RealClock())],
    });
    closing.push(() => host.close());
    const media = ["mqtt:west", "mqtt:east"].map((name) => host.get(Transport, name));
    for (const medium of media) medium.attach(new Ear());
    await host.start();
    const ears = await Promise.all(
      [west, east].map(async (broker) => {
        const beta = nodeAt({ url: url(broker) }, "beta", { cluster: "shop" });
        closing.push(() => beta.transport.stop());
        await beta.transport.start(signal);
        return beta.ear;
      }),
    );
    await until("both to carry", () => {
      for (const medium of media) void medium.send(Buffer.from("hello")).catch(() => undefined);
      return ears.every(({ frames }) => frames.includes("master: hello"));
    });
    await west.kill();
    await until("the loss to be noticed", () => {
      void media[0]?.send(Buffer.from("x"), "pulse").catch(() => undefined);
      return host.log.of("medium.waiting").length > 0;
    });
    await media[1]?.send(Buffer.from("still here"));
    await until("the other to carry", () => ears[1]?.frames.includes("master: still here") === true);
    const answers = await Promise.all(
      ["mqtt:west", "mqtt:east"].map((name) => host.get(Quorum, name).ask(QUESTION, signal)),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(["unreachable", "granted"]);
  });

  it("is no quorum where it is no medium, and says so", async () => {
    const host = await TestHost.boot(plugin, {
      config: { brokers: [{ name: "west", url: "mqtt://127.0.0.1:1" }] },
      services: [service(ClusterAccess, new MemoryClusterAccess()), service(Clock, new RealClock())],
    });
    closing.push(() => host.close());
    expect(await host.get(Quorum, "mqtt:west").ask(QUESTION, signal)).toEqual({
      kind: "unreachable",
      reason: "the broker mqtt:west: the medium is not used; name mqtt:west under transports",
    });
  });
});
