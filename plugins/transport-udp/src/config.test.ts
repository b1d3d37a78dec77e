// What the schema takes and what it refuses, with the path to the mistake.
import * as v from "valibot";
import { expect, test } from "vitest";
import { UdpConfig } from "./config.js";

const ucast = { name: "a", kind: "ucast", interface: "eth0", address: "10.10.180.3", port: 694 };
const bcast = { name: "b", kind: "bcast", interface: "eth0", port: 694 };
const mcast = {
  name: "c",
  kind: "mcast",
  interface: "eth0",
  group: "239.0.0.1",
  port: 694,
  ttl: 1,
  loop: false,
};

function problems(...media: readonly unknown[]): readonly string[] {
  const result = v.safeParse(UdpConfig, { media });
  return (result.issues ?? []).map((issue) => v.getDotPath(issue) ?? "");
}

test("takes every kind of medium, over IPv4 and IPv6", () => {
  expect(
    problems(
      ucast,
      bcast,
      mcast,
      { ...ucast, name: "d", address: "fe80::1%eth0" },
      { ...mcast, name: "e", group: "ff02::77%eth0" },
    ),
  ).toEqual([]);
});

test.each([
  ["an address that is none", { ...ucast, address: "node2" }, "media.0.address"],
  ["a multicast address as a peer", { ...ucast, address: "239.0.0.1" }, "media.0.address"],
  ["a unicast address as a group", { ...mcast, group: "10.0.0.1" }, "media.0.group"],
  ["the zone of another interface", { ...mcast, group: "ff02::77%eth1" }, "media.0"],
  ["an alias as an interface", { ...bcast, interface: "eth0:0" }, "media.0.interface"],
  ["port 0", { ...bcast, port: 0 }, "media.0.port"],
  ["a ttl above 255", { ...mcast, ttl: 256 }, "media.0.ttl"],
  ["a field that nobody knows", { ...bcast, prot: 1 }, "media.0.prot"],
  ["a kind that nobody knows", { ...bcast, kind: "anycast" }, "media.0.kind"],
])("refuses %s", (_, medium, path) => {
  expect(problems(medium)).toEqual([path]);
});

test("refuses two media of the same name", () => {
  expect(problems(ucast, { ...bcast, name: "a" })).toEqual(["media"]);
});
