// Addresses that go by themselves, and whose they are: what the kernel really does, asked through both back ends. Needs root.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { release } from "node:os";
import type { AddressSpec, Logger } from "@systole/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LinuxNetwork } from "./linux-network.js";
import { OWNER_TAG } from "./owner-tag.js";
import { TwoHosts, canMakeHosts, eventually } from "./testing/two-hosts.js";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const VIP = { address: "10.77.0.100", prefixLength: 24, interface: "eth0" };
const VIP6 = { address: "fd77::100", prefixLength: 64, interface: "eth0" };
const LEASE_MS = 1000;
/** The kernel's own lateness, of which docs/addresses.md speaks, and a busy machine's. */
const LATE_MS = 3000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(!canMakeHosts).each(["native", "programs"] as const)(
  "leases by the %s back end",
  (backend) => {
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

    const find = async ({ address }: AddressSpec) =>
      (await network.addresses.list()).find((one) => one.address === address);

    it.each([VIP, VIP6])("$address is gone without a renewal, and not before its time", async (vip) => {
      const addedMs = performance.now();
      expect(await network.addresses.add({ ...vip, lifetimeMs: LEASE_MS })).toBe("added");
      expect((await find(vip))?.lifetimeMs).toBeLessThanOrEqual(LEASE_MS);
      while ((await find(vip)) !== undefined && performance.now() - addedMs < LEASE_MS + LATE_MS)
        await pause(20);
      const goneAfterMs = performance.now() - addedMs;
      expect(goneAfterMs).toBeGreaterThan(LEASE_MS - 100);
      expect(goneAfterMs).toBeLessThan(LEASE_MS + LATE_MS);
    });

    it("lives on while it is renewed, and so does a connection over it", async () => {
      const leased = { ...VIP, lifetimeMs: 2000 };
      await network.addresses.add(leased);
      const server = createServer((socket) => socket.pipe(socket));
      hosts.onRight(() => server.listen(0));
      const { port } = server.address() as AddressInfo;
      const client: Socket = connect({ host: "10.77.0.2", port, localAddress: VIP.address });
      try {
        await once(client, "connect");
        for (let renewal = 0; renewal < 6; renewal += 1) {
          expect(await network.addresses.add(leased)).toBe("present");
          client.write(`${renewal}`);
          const [heard] = (await once(client, "data")) as [Buffer];
          expect(String(heard)).toBe(`${renewal}`);
          await pause(600);
        }
      } finally {
        client.destroy();
        server.close();
      }
    });

    it("gives a lease to an address that had none, and takes none away by adding it without", async () => {
      await network.addresses.add(VIP);
      expect(await find(VIP)).not.toHaveProperty("lifetimeMs");
      expect(await network.addresses.add({ ...VIP, lifetimeMs: 60_000 })).toBe("present");
      expect((await find(VIP))?.lifetimeMs).toBeGreaterThan(50_000);
      expect(await network.addresses.add(VIP)).toBe("present");
      expect((await find(VIP))?.lifetimeMs).toBeGreaterThan(50_000);
    });

    it("leaves the connected network of IPv6 alone when it goes", async () => {
      await network.addresses.add({ ...VIP6, lifetimeMs: LEASE_MS });
      await eventually("it is gone", () => !hosts.ip("-6 address show dev eth0").includes("fd77::100"));
      const route = hosts.ip("-6 route show fd77::/64 dev eth0");
      expect(route).toContain("proto kernel");
      expect(route).not.toContain("expires");
    });

    it("keeps leases and owners of the neighbours that it puts back", async () => {
      const first = { address: "10.88.0.1", prefixLength: 24, interface: "eth1" };
      const leased = { ...first, address: "10.88.0.2" };
      const foreign = { ...first, address: "10.88.0.3" };
      await network.addresses.add(first);
      await network.addresses.add({ ...leased, lifetimeMs: 60_000 });
      hosts.ip("address add 10.88.0.3/24 dev eth1");
      const before = [await find(leased), await find(foreign)].map((one) => one?.owner);
      await network.addresses.remove(first);
      expect((await find(leased))?.lifetimeMs).toBeGreaterThan(50_000);
      expect(await find(foreign)).not.toHaveProperty("lifetimeMs");
      expect([await find(leased), await find(foreign)].map((one) => one?.owner)).toEqual(before);
      await network.addresses.remove(leased);
      await network.addresses.remove(foreign);
    });

    it.each([500, 1500, 0, -1000, Number.NaN])("refuses a lifetime of %d ms", async (lifetimeMs) => {
      await expect(network.addresses.add({ ...VIP, lifetimeMs })).rejects.toMatchObject({
        code: "ADDRESS_FAILED",
        message: expect.stringMatching(/whole seconds/u),
      });
      expect(await find(VIP)).toBeUndefined();
    });

    it.skipIf(backend === "programs" || !kernelHasTags())("marks what it adds as its own", async () => {
      for (const vip of [VIP, VIP6]) {
        await network.addresses.add(vip);
        expect((await find(vip))?.owner).toBe("systole");
      }
      hosts.ip("address add 10.77.0.101/24 dev eth0");
      expect(await find({ ...VIP, address: "10.77.0.101" })).not.toHaveProperty("owner");
      hosts.ip("address del 10.77.0.101/24 dev eth0");
      expect(OWNER_TAG).toBeGreaterThan(3);
    });
  },
);

function kernelHasTags(): boolean {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 5 || (major === 5 && minor >= 18);
}
