// Other hosts that claim an address, heard on a real cable. Needs root.
import type { AddressClaim, Logger } from "@systole/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LinuxNetwork } from "../linux-network.js";
import { TwoHosts, canMakeHosts, eventually } from "../testing/two-hosts.js";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const VIP = { address: "10.77.0.100", prefixLength: 24, interface: "eth0" };
const VIP6 = { address: "fd77::100", prefixLength: 64, interface: "eth0" };

describe.skipIf(!canMakeHosts)("claims of other hosts", () => {
  let hosts: TwoHosts;
  let network: LinuxNetwork;
  let remote: LinuxNetwork;
  let foreignMac: string;
  let heard: AddressClaim[];

  beforeAll(() => {
    hosts = new TwoHosts();
    hosts.build();
    const [peer] = JSON.parse(hosts.ip(`-n ${hosts.right} -json link show peer0`)) as { address: string }[];
    foreignMac = peer?.address ?? "";
  });
  afterAll(() => hosts.remove());
  beforeEach(() => {
    network = new LinuxNetwork({ backend: "native" }, silent);
    remote = new LinuxNetwork({ backend: "native" }, silent);
    heard = [];
  });
  afterEach(async () => {
    await network.addresses.remove(VIP);
    await network.addresses.remove(VIP6);
    await network.stop();
    await remote.stop();
  });

  const listen = (vip: typeof VIP): (() => void) =>
    network.addresses.watchClaims(vip, (claim) => heard.push(claim));
  const claimOf = (vip: typeof VIP): AddressClaim => ({
    address: vip.address,
    interface: "eth0",
    mac: foreignMac,
  });
  /** Its sockets are opened on `right`, within the call. */
  const announceOnRight = (address: string): Promise<void> =>
    hosts.onRight(() => remote.addresses.announce({ address, interface: "peer0" }, { repeat: 1 }));

  it.each([VIP, VIP6])("hears who has $address already, since it asks", async (vip) => {
    hosts.ip(`-n ${hosts.right} address add ${vip.address}/${vip.prefixLength} dev peer0`);
    await eventually(
      "it can be used",
      () => !hosts.ip(`-n ${hosts.right} address show tentative`).includes(vip.address),
    );
    listen(vip);
    await eventually("the answer", () => heard.length > 0);
    expect(heard[0]).toEqual(claimOf(vip));
    hosts.ip(`-n ${hosts.right} address del ${vip.address}/${vip.prefixLength} dev peer0`);
  });

  it("hears an announcement, and nothing about other addresses or from itself", async () => {
    await network.addresses.add(VIP);
    const end = listen(VIP);
    await network.addresses.announce(VIP);
    await announceOnRight("10.77.0.55");
    await announceOnRight(VIP.address);
    await eventually("the claim", () => heard.length > 0);
    expect(heard).toEqual([claimOf(VIP)]);
    end();
    await announceOnRight(VIP.address);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(heard).toHaveLength(1);
  });

  it.each([VIP, VIP6])("hears a probe for $address", async (vip) => {
    await network.addresses.add(vip);
    listen(vip);
    // Duplicate detection is what a host does before it takes an address; for IPv4 a program does it.
    if (vip === VIP6) hosts.ip(`-n ${hosts.right} address add ${vip.address}/64 dev peer0`);
    else hosts.runOnRight(`arping -D -q -c 1 -w 1 -I peer0 ${vip.address}`, "whatever it finds");
    await eventually("the claim", () => heard.length > 0);
    expect(heard[0]).toEqual(claimOf(vip));
    if (vip === VIP6) hosts.ip(`-n ${hosts.right} address del ${vip.address}/64 dev peer0`);
  });

  it("hears nothing where there is nothing to hear, and names an interface that does not exist", () => {
    network.addresses.watchClaims({ address: "127.0.0.9", interface: "lo" }, () => undefined)();
    expect(() => listen({ ...VIP, interface: "eth9" })).toThrow(
      expect.objectContaining({ code: "INTERFACE_NOT_FOUND" }),
    );
  });
});
