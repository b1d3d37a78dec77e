// Media between two real network stacks, bound to their interface: the contract, isolation, and cables that come and go.
// Needs root (network namespaces). Skipped on a laptop without it, a failure with CI=true.
import { closeSync, openSync, readdirSync } from "node:fs";
import { RecordingLogger, transportCasesFor, type TransportSubject } from "@systole/sdk/testkit";
import type { FrameReceiver } from "@systole/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Medium } from "./config.js";
import { SharedParts } from "./shared-parts.js";
import { giveAddress, Host, isRoot, plugCable } from "./testing/namespaces.js";
import { UdpTransport } from "./udp-transport.js";

const never = new AbortController().signal;
const PORT = 694;
const pauses = { firstMs: 20, lastMs: 100 };

let a: Host;
let b: Host;

function layCables(): void {
  for (const [name, index, net] of [
    ["sy0", 4001, 1],
    ["sy1", 4002, 2],
  ] as const) {
    plugCable(a, b, name, index);
    for (const [host, number] of [
      [a, 1],
      [b, 2],
    ] as const) {
      giveAddress(host, name, `10.77.${net}.${number}`, 24);
      giveAddress(host, name, `fd77:${net}::${number}`, 64);
      giveAddress(host, name, `fe80::${number}`, 64);
    }
  }
}

type Build = (peer: string, name: string) => Medium;
const mcast =
  (group: string): Build =>
  (_, name) => ({
    name: `mcast-${name}`,
    kind: "mcast",
    interface: name,
    group,
    port: PORT,
    ttl: 1,
    loop: false,
  });
const ucast =
  (prefix: string): Build =>
  (peer, name) => ({
    name: `ucast-${name}`,
    kind: "ucast",
    interface: name,
    address: `${prefix}${peer}`,
    port: PORT,
  });
const kinds: Readonly<Record<string, Build>> = {
  "ucast IPv4": ucast("10.77.1."),
  "ucast IPv6": ucast("fd77:1::"),
  "ucast IPv6 link-local": ucast("fe80::"),
  bcast: (_, name) => ({ name: "bcast", kind: "bcast", interface: name, port: PORT }),
  "mcast IPv4": mcast("239.77.0.1"),
  "mcast IPv6": mcast("ff02::77"),
};

const made: UdpTransport[] = [];

function onHost(host: Host, medium: Medium, shared = new SharedParts(host, pauses)): UdpTransport {
  const transport = new UdpTransport(medium, shared, new RecordingLogger());
  made.push(transport);
  return transport;
}

function recorder(): FrameReceiver & { readonly frames: string[]; readonly failures: string[] } {
  const frames: string[] = [];
  const failures: string[] = [];
  return {
    frames,
    failures,
    frame: (bytes) => frames.push(Buffer.from(bytes).toString()),
    failed: (error) => failures.push(error.message),
  };
}

/** Sends until the frame is heard: right after a change the first ones may be lost. */
async function heard(from: UdpTransport, frames: readonly string[], text: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await from.send(Buffer.from(text)).catch(() => undefined);
      expect(frames).toContain(text);
    },
    { timeout: 10_000, interval: 20 },
  );
}

describe.skipIf(!isRoot && process.env["CI"] === undefined)("media bound to their interface", () => {
  let home: number;

  beforeAll(() => {
    home = openSync("/proc/thread-self/ns/net", "r");
    a = new Host("a");
    b = new Host("b");
    layCables();
    a.settleIn();
  });

  afterEach(async () => {
    await Promise.all(made.splice(0).map((transport) => transport.stop()));
    a.bindToDevices();
  });

  afterAll(() => {
    Host.settleBack(home);
    closeSync(home);
    a.remove();
    b.remove();
  });

  for (const [kind, build] of Object.entries(kinds)) {
    describe(`transport contract: ${kind}`, () => {
      const subject: TransportSubject = {
        offers: ["two-ends"],
        open: async () => ({
          sender: onHost(a, build("2", "sy0")),
          receiver: onHost(b, build("1", "sy0")),
          close: async () => undefined,
        }),
      };
      for (const one of transportCasesFor(subject)) {
        test(`${one.id}: ${one.name}`, () => expect(one.run(subject)).resolves.toBeUndefined());
      }
    });
  }

  test("descriptors from the network are closed at stop", async () => {
    const before = readdirSync("/proc/self/fd").length;
    const end = onHost(a, ucast("10.77.1.")("2", "sy0"));
    await end.start(never);
    expect(readdirSync("/proc/self/fd")).toHaveLength(before + 2);
    await end.stop();
    expect(readdirSync("/proc/self/fd")).toHaveLength(before);
  });

  test("several media on one interface and port hear a frame once", async () => {
    const shared = new SharedParts(b, pauses);
    const builds = [ucast("10.77.1."), ucast("10.77.1.10"), kinds["bcast"], mcast("239.77.0.1")];
    const frames: string[] = [];
    const ends = builds.flatMap((build) =>
      build === undefined ? [] : [onHost(b, build("1", "sy0"), shared)],
    );
    for (const end of ends) {
      end.attach({ ...recorder(), frame: (bytes) => frames.push(Buffer.from(bytes).toString()) });
      await end.start(never);
    }
    const senders = [ucast("10.77.1."), kinds["bcast"], mcast("239.77.0.1")].flatMap((build) =>
      build === undefined ? [] : [onHost(a, build("2", "sy0"))],
    );
    const sent: string[] = [];
    for (const [index, sender] of senders.entries()) {
      await sender.start(never);
      for (let number = 0; number < 20; number += 1) {
        sent.push(`${index}/${number}`);
        await sender.send(Buffer.from(`${index}/${number}`));
      }
    }
    await vi.waitFor(() => expect(frames.length).toBeGreaterThanOrEqual(sent.length));
    expect(frames.toSorted()).toEqual(sent.toSorted());
  });

  for (const [kind, build] of Object.entries({ ...kinds, bcast: mcast("239.77.0.9") })) {
    if (!kind.startsWith("mcast")) continue;
    test(`${kind} hears its own interface only`, async () => {
      const ends = ["sy0", "sy1"].map((name) => {
        const end = onHost(b, build("1", name));
        const heardHere = recorder();
        end.attach(heardHere);
        return { end, heardHere };
      });
      for (const { end } of ends) await end.start(never);
      const sender = onHost(a, build("2", "sy1"));
      await sender.start(never);
      await heard(sender, ends[1]?.heardHere.frames ?? [], "over sy1");
      expect(ends[0]?.heardHere.frames).toEqual([]);
    });
  }

  for (const [kind, build, binding] of Object.entries(kinds).flatMap(
    ([kind, build]) =>
      [
        [kind, build, "device"],
        [kind, build, "address"],
      ] as const,
  )) {
    test(`${kind}, bound to its ${binding}, survives an interface that goes down, loses its addresses, and is made anew`, async () => {
      if (binding === "address") a.boundUdp = () => undefined;
      const here = onHost(a, build("2", "sy0"));
      const there = onHost(b, build("1", "sy0"));
      const [atA, atB] = [recorder(), recorder()];
      here.attach(atA);
      there.attach(atB);
      await here.start(never);
      await there.start(never);
      const bothWays = async (when: string): Promise<void> => {
        await heard(here, atB.frames, `to b ${when}`);
        await heard(there, atA.frames, `to a ${when}`);
      };
      await bothWays("at first");

      b.ip("link", "set", "sy0", "down");
      for (const host of [a, b]) host.tellLink("sy0");
      for (let count = 0; count < 30; count += 1) {
        await here.send(Buffer.from("into the void")).catch(() => undefined);
        await there.send(Buffer.from("into the void")).catch(() => undefined);
      }
      b.ip("link", "set", "sy0", "up");
      for (const address of ["fd77:1::2", "fe80::2"]) giveAddress(b, "sy0", address, 64);
      for (const host of [a, b]) host.tellLink("sy0");
      await bothWays("after the interface was down");

      for (const [host, number] of [
        [a, 1],
        [b, 2],
      ] as const) {
        const address = `10.77.1.${number}`;
        host.ip("addr", "del", `${address}/24`, "dev", "sy0");
        host.tellAddress("removed", { address, family: 4, prefixLength: 24, interface: "sy0" });
      }
      for (const [host, number] of [
        [a, 1],
        [b, 2],
      ] as const) {
        host.tellAddress("added", giveAddress(host, "sy0", `10.77.1.${number}`, 24));
      }
      await bothWays("after the addresses were away");

      for (const name of ["sy0", "sy1"]) a.ip("link", "del", name);
      // Nobody tells: a send that fails in this way is enough to look again.
      await vi.waitFor(
        async () => {
          await here.send(Buffer.from("into the void")).catch(() => undefined);
          await there.send(Buffer.from("into the void")).catch(() => undefined);
          expect(atA.failures.at(-1)).toContain("does not exist");
          expect(atB.failures.at(-1)).toContain("does not exist");
        },
        { timeout: 5000 },
      );
      layCables();
      await bothWays("after the interface was made anew");
      expect(atA.failures.length).toBeGreaterThan(0);
    });
  }
});
