import { describe, expect, it } from "vitest";
import { parseAddressShow, parseRouteGet } from "./ip-json.js";

describe("ip -json address show", () => {
  it("reads interfaces and addresses", () => {
    const text = JSON.stringify([
      {},
      {
        ifindex: 1,
        ifname: "lo",
        flags: ["LOOPBACK", "UP", "LOWER_UP"],
        address: "00:00:00:00:00:00",
        addr_info: [{ family: "inet", local: "127.0.0.1", prefixlen: 8, label: "lo" }],
      },
      {
        ifindex: 2,
        ifname: "eth0",
        flags: ["NO-CARRIER", "BROADCAST", "UP"],
        address: "02:fc:00:00:00:01",
        addr_info: [
          { family: "inet", local: "10.0.0.1", prefixlen: 24, broadcast: "10.0.0.255", label: "eth0:0" },
          { family: "inet6", local: "2001:DB8:0::1", prefixlen: 64, dadfailed: true },
          { family: "mctp", local: "9", prefixlen: 0 },
        ],
      },
      { ifindex: 3, ifname: "tun0", flags: [] },
    ]);
    expect(parseAddressShow(text)).toEqual({
      interfaces: [
        { name: "lo", index: 1, up: true, running: true, loopback: true },
        { name: "eth0", index: 2, up: true, running: false, loopback: false, mac: "02:fc:00:00:00:01" },
        { name: "tun0", index: 3, up: false, running: false, loopback: false },
      ],
      addresses: [
        { address: "127.0.0.1", family: 4, prefixLength: 8, interface: "lo" },
        {
          address: "10.0.0.1",
          family: 4,
          prefixLength: 24,
          interface: "eth0",
          label: "eth0:0",
          broadcast: "10.0.0.255",
        },
        { address: "2001:db8::1", family: 6, prefixLength: 64, interface: "eth0", duplicate: true },
      ],
    });
  });

  it("says when it is not JSON", () => {
    expect(() => parseAddressShow("2: eth0: <UP>")).toThrow(
      expect.objectContaining({ code: "NETWORK_UNSUPPORTED" }),
    );
    expect(parseAddressShow("")).toEqual({ interfaces: [], addresses: [] });
    expect(parseAddressShow('{"a":1}')).toEqual({ interfaces: [], addresses: [] });
  });
});

describe("ip -json route get", () => {
  it.each([
    [{ dst: "10.0.0.0/24", dev: "eth0", prefsrc: "10.0.0.1" }, 24, false],
    [{ dst: "10.0.0.9", dev: "eth0" }, 32, false],
    [{ dst: "fd00::9", dev: "eth0" }, 128, false],
    [{ dst: "default", dev: "eth0", gateway: "10.0.0.2" }, 0, true],
    [{ dst: "10.0.0.0/8", dev: "eth0", nexthops: [] }, 8, true],
  ])("reads %j", (route, prefixLength, indirect) => {
    expect(parseRouteGet(JSON.stringify([route]))).toMatchObject({
      interface: "eth0",
      prefixLength,
      indirect,
    });
  });

  it.each(["", "[]", '[{"type":"unreachable","dst":"10.0.0.9","dev":"lo"}]', '[{"dst":"default"}]'])(
    "finds no way in %j",
    (text) => {
      expect(parseRouteGet(text)).toBeUndefined();
    },
  );
});
