// What the Network port promises, asked of both back ends on real interfaces. Needs root.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import type { LinkEvent, Logger } from "@systole/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LinuxNetwork } from "./linux-network.js";
import { TwoHosts, canMakeHosts, eventually } from "./testing/two-hosts.js";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const VIP = { address: "10.77.0.100", prefixLength: 24, interface: "eth0" };
const VIP6 = { address: "fd77::100", prefixLength: 64, interface: "eth0" };
const FOREIGN_MAC = "02:00:00:00:00:99";

describe.skipIf(!canMakeHosts).each(["native", "programs"] as const)("the %s back end", (backend) => {
  let hosts: TwoHosts;
  let network: LinuxNetwork;

  beforeAll(() => {
    hosts = new TwoHosts();
    hosts.build();
  });
  afterAll(() => hosts.remove());
  beforeEach(async () => {
    network = new LinuxNetwork({ backend }, silent);
    await network.start(AbortSignal.timeout(5000));
  });
  afterEach(async () => {
    await network.addresses.remove(VIP);
    await network.addresses.remove(VIP6);
    await network.stop();
  });

  const held = async (address: string) =>
    (await network.addresses.list())
      .filter((one) => one.address === address)
      // Which programs and kernels know it is another question: see lease.test.ts.
      .map(({ owner: _owner, ...seen }) => seen);

  it("adds an address with its label and broadcast, and removes it", async () => {
    expect(await network.addresses.remove(VIP)).toBe("absent");
    const spec = { ...VIP, label: "eth0:0", broadcast: "10.77.0.255" };
    expect(await network.addresses.add(spec)).toBe("added");
    expect(await network.addresses.add(spec)).toBe("present");
    expect(await held(VIP.address)).toEqual([{ ...spec, family: 4 }]);
    expect(hosts.ip("-4 address show dev eth0")).toContain(
      "inet 10.77.0.100/24 brd 10.77.0.255 scope global secondary eth0:0",
    );
    expect(await network.addresses.remove(VIP)).toBe("removed");
    expect(await network.addresses.remove(VIP)).toBe("absent");
    expect(await held(VIP.address)).toEqual([]);
  });

  it("adds an address without a label", async () => {
    await network.addresses.add(VIP);
    expect(await held(VIP.address)).toEqual([{ ...VIP, family: 4 }]);
  });

  it("adds an IPv6 address that can be used at once", async () => {
    expect(await network.addresses.add({ ...VIP6, address: "FD77:0::100" })).toBe("added");
    expect(await network.addresses.add(VIP6)).toBe("present");
    expect(hosts.ip("-6 address show dev eth0 tentative")).not.toContain("fd77::100");
    expect(await held(VIP6.address)).toEqual([{ ...VIP6, family: 6 }]);
    expect(await network.addresses.remove(VIP6)).toBe("removed");
    expect(await network.addresses.remove(VIP6)).toBe("absent");
  });

  it("keeps the other addresses of a subnet when the first of it goes", async () => {
    const first = { address: "10.88.0.1", prefixLength: 24, interface: "eth1" };
    const second = { ...first, address: "10.88.0.2", label: "eth1:7", broadcast: "10.88.0.255" };
    await network.addresses.add(first);
    await network.addresses.add(second);
    expect(await network.addresses.remove(first)).toBe("removed");
    expect(await held(second.address)).toEqual([{ ...second, family: 4 }]);
    await network.addresses.remove(second);
    expect(await held(second.address)).toEqual([]);
  });

  it("names an interface that does not exist", async () => {
    const nowhere = { ...VIP, interface: "eth9" };
    const error = { code: "INTERFACE_NOT_FOUND", details: { interface: "eth9" } };
    await expect(network.addresses.add(nowhere)).rejects.toMatchObject(error);
    await expect(network.addresses.remove(nowhere)).rejects.toMatchObject(error);
    await expect(network.addresses.announce(nowhere)).rejects.toMatchObject(error);
  });

  it("refuses without permission, and says what is missing", async () => {
    process.seteuid?.(65_534);
    try {
      await expect(network.addresses.add(VIP)).rejects.toMatchObject({
        code: "ADDRESS_FAILED",
        message: expect.stringMatching(/not permitted.*as root.*NET_ADMIN/su),
      });
    } finally {
      process.seteuid?.(0);
    }
    expect(await held(VIP.address)).toEqual([]);
  });

  it("announces in request and in reply form, as often as asked", async () => {
    const capture = spawn(
      "ip",
      ["netns", "exec", hosts.right, "tcpdump", "--immediate-mode", "-lnp", "-i", "peer0", "arp"],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    try {
      let seen = "";
      capture.stdout.setEncoding("utf8").on("data", (text: string) => (seen += text));
      await once(capture.stderr, "data");
      await network.addresses.add(VIP);
      await network.addresses.announce(VIP, { repeat: 3, intervalMs: 50 });
      const count = (pattern: RegExp): number => seen.match(pattern)?.length ?? 0;
      const requests = (): number => count(/Request who-has 10\.77\.0\.100 .*tell 10\.77\.0\.100/gu);
      const replies = (): number => count(/Reply 10\.77\.0\.100 is-at/gu);
      await eventually("three of each form", () => requests() >= 3 && replies() >= 3);
      expect([requests(), replies()]).toEqual([3, 3]);
    } finally {
      capture.kill("SIGKILL");
      await once(capture, "close");
    }
  });

  it.each([VIP, VIP6])("moves $address to this host in a peer's neighbour table", async (vip) => {
    const links = await network.links.list();
    const mac = links.find((link) => link.name === "eth0")?.mac;
    expect(mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/u);
    hosts.ip(`-n ${hosts.right} neigh replace ${vip.address} lladdr ${FOREIGN_MAC} dev peer0 nud reachable`);
    expect(hosts.neighbour(vip.address)).toBe(FOREIGN_MAC);
    await network.addresses.add(vip);
    await network.addresses.announce(vip);
    await eventually("the entry moves", () => hosts.neighbour(vip.address) === mac);
  });

  it("finds routes: on the link, behind a gateway, none", async () => {
    const { links } = network;
    const onLink = { interface: "eth0", source: "10.77.0.1", onLinkPrefixLength: 24 };
    expect(await links.routeTo("10.77.0.100")).toEqual(onLink);
    expect(await links.routeTo("fd77::9")).toEqual({
      interface: "eth0",
      source: "fd77::1",
      onLinkPrefixLength: 64,
    });
    expect(await links.routeTo("192.0.2.1")).toBeUndefined();
    expect(await links.routeTo("2001:db8::1")).toBeUndefined();
    hosts.ip("route add default via 10.77.1.2");
    hosts.ip("route add unreachable 198.51.100.0/24");
    try {
      expect(await links.routeTo("192.0.2.1")).toEqual({ interface: "eth1", source: "10.77.1.1" });
      expect(await links.routeTo("198.51.100.1")).toBeUndefined();
    } finally {
      hosts.ip("route del default");
      hosts.ip("route del unreachable 198.51.100.0/24");
    }
  });

  it("reports carrier and addresses that come and go", async () => {
    const events: LinkEvent[] = [];
    const end = network.links.watch((event) => events.push(event));
    const sawLink = (running: boolean): boolean =>
      events.some((e) => e.kind === "link" && e.interface.name === "eth1" && e.interface.running === running);
    const sawAddress = (change: string): boolean =>
      events.some((e) => e.kind === "address" && e.change === change && e.held.address === "10.77.1.50");

    hosts.ip(`-n ${hosts.right} link set peer1 down`);
    await eventually("carrier lost", () => sawLink(false));
    hosts.ip(`-n ${hosts.right} link set peer1 up`);
    await eventually("carrier back", () => sawLink(true));
    hosts.ip("address add 10.77.1.50/24 dev eth1 label eth1:5");
    await eventually("address added", () => sawAddress("added"));
    hosts.ip("address del 10.77.1.50/24 dev eth1");
    await eventually("address removed", () => sawAddress("removed"));
    expect(events.find((e) => e.kind === "address" && e.held.address === "10.77.1.50")).toMatchObject({
      held: { interface: "eth1", family: 4, prefixLength: 24, label: "eth1:5" },
    });
    expect(events.filter((e) => e.kind === "link" && e.interface.name === "eth0")).toEqual([]);

    end();
    const told = events.length;
    hosts.ip("address add 10.77.1.51/24 dev eth1");
    hosts.ip("address del 10.77.1.51/24 dev eth1");
    await network.addresses.list();
    expect(events.length).toBe(told);
  });

  it("hears echo replies, and none from a host that drops ICMP", async () => {
    const data = Uint8Array.from({ length: 300 }, (_, index) => index & 0xff);
    for (const [family, peer] of [
      [4, "10.77.0.2"],
      [6, "fd77::2"],
    ] as const) {
      const echo = await network.sockets.openEcho(family, AbortSignal.timeout(5000));
      const sequences: number[] = [];
      echo.onReply((reply) => {
        expect(reply.from).toBe(peer);
        expect(Buffer.from(reply.data).equals(data)).toBe(true);
        sequences.push(reply.sequence);
      });
      await echo.send(peer, 65_536 + 1, data);
      await eventually("reply 1", () => sequences.includes(1));
      const drop = `${family === 4 ? "iptables -%s INPUT -p icmp" : "ip6tables -%s INPUT -p icmpv6 --icmpv6-type 128"} -j DROP`;
      hosts.runOnRight(drop.replace("%s", "I"));
      await echo.send(peer, 2, data);
      // Let it be dropped before the way is free again: a process of its own may be slow.
      await eventually("request 2 dropped", () => droppedPackets(hosts, family) > 0);
      hosts.runOnRight(drop.replace("%s", "D"));
      await echo.send(peer, 3, data);
      await eventually("reply 3", () => sequences.includes(3));
      expect(sequences).toEqual([1, 3]);
      await echo.close();
      await expect(echo.send(peer, 4, data)).rejects.toMatchObject({ code: "TRANSPORT_SEND_FAILED" });
    }
  });

  it("leaves no descriptor open after stop", async () => {
    await network.stop();
    const before = readdirSync("/proc/self/fd").length;
    const other = new LinuxNetwork({ backend }, silent);
    await other.stop();
    await other.start(AbortSignal.timeout(5000));
    other.links.watch(() => {});
    const echo = await other.sockets.openEcho(4, AbortSignal.timeout(5000));
    await echo.send("10.77.0.2", 1, new Uint8Array(8));
    await other.addresses.add(VIP);
    await other.addresses.announce(VIP);
    await other.addresses.remove(VIP);
    await other.stop();
    await other.stop();
    const count = (): number => readdirSync("/proc/self/fd").length;
    await eventually("as many descriptors as before", () => count() <= before);
    expect(count()).toBeLessThanOrEqual(before);
  });

  it.runIf(backend === "programs")("binds no socket to an interface", () => {
    expect(network.sockets.boundUdp({ family: 4, interface: "eth0", port: 0 })).toBeUndefined();
  });
});

function droppedPackets(hosts: TwoHosts, family: 4 | 6): number {
  const tables = family === 4 ? "iptables" : "ip6tables";
  const listing = hosts.ip(`netns exec ${hosts.right} ${tables} -L INPUT -v -n -x`);
  return Number(/^\s*(\d+)\s.*DROP/mu.exec(listing)?.[1] ?? 0);
}
