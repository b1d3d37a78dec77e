// What only the native back end can do, on real interfaces. Needs root.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Logger } from "@systole/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LinuxNetwork } from "../linux-network.js";
import { TwoHosts, canMakeHosts, eventually } from "../testing/two-hosts.js";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const VIP = { address: "10.77.0.100", prefixLength: 24, interface: "eth0" };

describe.skipIf(!canMakeHosts)("the native back end alone", () => {
  let hosts: TwoHosts;
  let network: LinuxNetwork;

  beforeAll(() => {
    hosts = new TwoHosts();
    hosts.build();
  });
  afterAll(() => hosts.remove());
  beforeEach(() => {
    network = new LinuxNetwork({ backend: "native" }, silent);
  });
  afterEach(() => network.stop());

  it("catches up when the kernel had to drop reports", async () => {
    const warnings: string[] = [];
    const log: Logger = { ...silent, warn: (event) => warnings.push(event) };
    const flooded = new LinuxNetwork({ backend: "native" }, log);
    const state = new Map<string, string>();
    const end = flooded.links.watch((event) => {
      if (event.kind === "address") state.set(event.held.address, event.change);
    });
    try {
      // All in one turn of the event loop: nobody listens meanwhile.
      for (let round = 0; round < 2000; round += 1) {
        await network.addresses.add(VIP);
        await network.addresses.remove(VIP);
      }
      await network.addresses.add(VIP);
      await eventually("the last state is known", () => state.get(VIP.address) === "added");
      expect(warnings).toContain("network.events-lost");
      await network.addresses.remove(VIP);
      await eventually("and it goes on", () => state.get(VIP.address) === "removed");
    } finally {
      end();
      await flooded.stop();
    }
  });

  it("keeps two interfaces apart on one port", async () => {
    const sockets: Socket[] = [];
    const wrap = async (fd: number | undefined): Promise<Socket> => {
      const socket = createSocket("udp4");
      sockets.push(socket);
      const listening = once(socket, "listening");
      socket.bind({ fd: fd ?? -1 });
      await listening;
      return socket;
    };
    const heard: string[] = [];
    const remote = new LinuxNetwork({ backend: "native" }, silent);
    try {
      const zero = await wrap(network.sockets.boundUdp({ family: 4, interface: "eth0", port: 0 }));
      const { port } = zero.address();
      const one = await wrap(network.sockets.boundUdp({ family: 4, interface: "eth1", port }));
      zero.on("message", (bytes) => heard.push(`eth0 ${String(bytes)}`));
      one.on("message", (bytes) => heard.push(`eth1 ${String(bytes)}`));
      const fd = hosts.onRight(() => remote.sockets.boundUdp({ family: 4, interface: "peer0", port: 0 }));
      const sender = await wrap(fd);
      // The same cable, whichever of the host's addresses is meant.
      sender.send("to zero", port, "10.77.0.1");
      sender.send("to one", port, "10.77.1.1");
      await eventually("both arrive", () => heard.length === 2);
      expect(heard.toSorted()).toEqual(["eth0 to one", "eth0 to zero"]);
    } finally {
      for (const socket of sockets) socket.close();
      await remote.stop();
    }
  });

  it("says why a UDP socket cannot be had", () => {
    const open = (interfaceName: string, address: string, family: 4 | 6 = 4): unknown =>
      network.sockets.boundUdp({ family, interface: interfaceName, address, port: 0 });
    expect(() => open("eth9", "10.77.0.1")).toThrow(expect.objectContaining({ code: "INTERFACE_NOT_FOUND" }));
    const failed = expect.objectContaining({ code: "TRANSPORT_START_FAILED" });
    expect(() => open("eth0", "10.99.0.1")).toThrow(failed);
    expect(() => open("eth0", "fd77::1")).toThrow(failed);
  });

  it.each(["0\t0", "1\t0"])("hears replies with ping_group_range %j", async (range) => {
    hosts.ip(`netns exec ${hosts.left} sysctl -qw net.ipv4.ping_group_range=${range}`);
    const echo = await network.sockets.openEcho(4, AbortSignal.timeout(5000));
    const replied = new Promise<number>((resolve) => echo.onReply((reply) => resolve(reply.sequence)));
    await echo.send("10.77.0.2", 7, new Uint8Array(20));
    expect(await replied).toBe(7);
    await echo.close();
  });
});
