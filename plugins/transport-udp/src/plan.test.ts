// Which sockets are planned for which media on which interface.
import { describe, expect, test } from "vitest";
import type { Medium } from "./config.js";
import {
  broadcastAddress,
  destination,
  obstacle,
  readerPlans,
  writerPlan,
  type InterfaceFacts,
} from "./plan.js";
import { held, link } from "./testing/fake-network.js";

const eth0 = { interface: "eth0", prefixLength: 24 };
const facts: InterfaceFacts = {
  name: "eth0",
  link: link("eth0", { index: 7 }),
  addresses: [
    held("10.0.0.200", { ...eth0, label: "eth0:0" }),
    held("10.0.0.1", { ...eth0, broadcast: "10.0.0.255" }),
    held("192.168.5.1", eth0),
    held("fd00::1", { ...eth0, family: 6, prefixLength: 64 }),
    held("fe80::1", { ...eth0, family: 6, prefixLength: 64 }),
  ],
  flaps: 3,
};
const bare: InterfaceFacts = { ...facts, addresses: [] };

const ucast = (address: string): Medium => ({
  name: address,
  kind: "ucast",
  interface: "eth0",
  address,
  port: 694,
});
const bcast: Medium = { name: "b", kind: "bcast", interface: "eth0", port: 694 };
const mcast = (group: string): Medium => ({
  name: group,
  kind: "mcast",
  interface: "eth0",
  group,
  port: 694,
  ttl: 2,
  loop: false,
});

describe("bound to the device", () => {
  test("one reader on the wildcard hears for all media and joins every group once", () => {
    const media = [ucast("10.0.0.2"), ucast("10.0.0.3"), bcast, mcast("239.0.0.1"), mcast("239.0.0.1")];
    const plans = readerPlans(media, facts, "device");
    expect(plans).toHaveLength(1);
    expect(plans[0]).toMatchObject({ port: 694, index: 7, flaps: 3 });
    expect(plans[0]?.address).toBeUndefined();
    expect(plans[0]?.memberships).toEqual([{ group: "239.0.0.1", on: "10.0.0.1" }]);
  });

  test("a flap changes the plan only where groups are joined", () => {
    const later = { ...facts, flaps: 4 };
    expect(readerPlans([bcast], later, "device")).toEqual(readerPlans([bcast], facts, "device"));
    expect(readerPlans([mcast("239.0.0.1")], later, "device")).not.toEqual(
      readerPlans([mcast("239.0.0.1")], facts, "device"),
    );
  });

  test("an alias that comes and goes changes nothing", () => {
    const without = { ...facts, addresses: facts.addresses.slice(1) };
    const media = [ucast("10.0.0.2"), bcast, mcast("239.0.0.1")];
    expect(readerPlans(media, without, "device")).toEqual(readerPlans(media, facts, "device"));
    expect(destination(bcast, without)).toBe(destination(bcast, facts));
  });

  test("an interface without an address: ucast and IPv6 work, bcast and IPv4 groups wait", () => {
    expect(obstacle(ucast("10.0.0.2"), bare, "device")).toBeUndefined();
    expect(obstacle(mcast("ff02::1"), bare, "device")).toBeUndefined();
    expect(obstacle(bcast, bare, "device")).toMatch(/broadcast/);
    expect(obstacle(mcast("239.0.0.1"), bare, "device")).toMatch(/IPv4 address/);
    expect(readerPlans([mcast("239.0.0.1")], bare, "device")[0]?.memberships).toEqual([]);
  });

  test("ttl, loop and, for IPv6, the interface are set on the writer", () => {
    expect(writerPlan(mcast("239.0.0.1"), facts, "device")?.multicast).toEqual({ ttl: 2, loop: false });
    expect(writerPlan(mcast("ff02::1"), facts, "device")?.multicast?.via).toBe("::%eth0");
    expect(writerPlan(bcast, facts, "device")?.broadcast).toBe(true);
  });
});

describe("bound to addresses", () => {
  test("a reader for every address that is spoken to", () => {
    const media = [ucast("10.0.0.2"), ucast("192.168.5.2"), bcast, mcast("239.0.0.1")];
    expect(readerPlans(media, facts, "address").map(({ address, shared }) => [address, shared])).toEqual([
      ["10.0.0.200", false],
      ["192.168.5.1", false],
      ["10.0.0.255", true],
      ["239.0.0.1", true],
    ]);
  });

  test("a link-local peer is heard on the link-local address", () => {
    expect(readerPlans([ucast("fe80::2")], facts, "address")[0]?.address).toBe("fe80::1%eth0");
    expect(readerPlans([ucast("fd00::2")], facts, "address")[0]?.address).toBe("fd00::1");
  });

  test("without an address there is nothing to bind to", () => {
    expect(obstacle(ucast("10.0.0.2"), bare, "address")).toMatch(/no IPv4 address/);
    expect(readerPlans([ucast("10.0.0.2")], bare, "address")).toEqual([]);
    expect(writerPlan(ucast("10.0.0.2"), bare, "address")).toBeUndefined();
  });
});

test("destinations: zones for what is link-local, the broadcast address of the first address", () => {
  expect(destination(ucast("fe80::2"), facts)).toBe("fe80::2%eth0");
  expect(destination(ucast("fd00::2"), facts)).toBe("fd00::2");
  expect(destination(mcast("ff02::77"), facts)).toBe("ff02::77%eth0");
  expect(destination(bcast, facts)).toBe("10.0.0.255");
});

test("a broadcast address that is not set is the last of the network", () => {
  const at = (address: string, prefixLength: number): InterfaceFacts => ({
    ...facts,
    addresses: [held(address, { interface: "eth0", prefixLength })],
  });
  expect(broadcastAddress(at("10.0.5.9", 20))).toBe("10.0.15.255");
  expect(broadcastAddress(at("223.255.255.9", 30))).toBe("223.255.255.11");
  expect(broadcastAddress(at("10.0.5.9", 32))).toBeUndefined();
});

test("states of the link are reasons", () => {
  expect(obstacle(bcast, { ...facts, link: undefined }, "device")).toMatch(/does not exist/);
  expect(obstacle(bcast, { ...facts, link: link("eth0", { up: false }) }, "device")).toMatch(/is down/);
  expect(obstacle(bcast, { ...facts, link: link("eth0", { running: false }) }, "device")).toMatch(
    /no carrier/,
  );
});
