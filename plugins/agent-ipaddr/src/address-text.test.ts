import type { ResourceSpec } from "@systole/sdk";
import { describe, expect, it } from "vitest";
import { parseAddressText, prefixOfMask } from "./address-text.js";
import { broadcastOf, canonicalAddress } from "./ip-text.js";
import { wantedAddress } from "./resource-address.js";

describe("the text of an address", () => {
  it.each([
    ["10.10.180.220", { address: "10.10.180.220", family: 4 }],
    ["10.10.180.220/24", { address: "10.10.180.220", family: 4, prefixLength: 24 }],
    ["10.10.180.220/24/eth0", { address: "10.10.180.220", family: 4, prefixLength: 24, interface: "eth0" }],
    [
      "10.10.180.220/24/eth0:0",
      { address: "10.10.180.220", family: 4, prefixLength: 24, interface: "eth0", label: "eth0:0" },
    ],
    [
      "10.10.180.220/24/bond0.100:a/10.10.180.255",
      {
        address: "10.10.180.220",
        family: 4,
        prefixLength: 24,
        interface: "bond0.100",
        label: "bond0.100:a",
        broadcast: "10.10.180.255",
      },
    ],
    [
      "10.10.180.220/24/10.10.180.255",
      { address: "10.10.180.220", family: 4, prefixLength: 24, broadcast: "10.10.180.255" },
    ],
    ["2001:DB8:0::1/64/eth0", { address: "2001:db8::1", family: 6, prefixLength: 64, interface: "eth0" }],
    ["2001:db8::1/64/eth0:0", { address: "2001:db8::1", family: 6, prefixLength: 64, interface: "eth0" }],
    ["2001:db8::1", { address: "2001:db8::1", family: 6 }],
    ["127.0.0.5/8/lo", { address: "127.0.0.5", family: 4, prefixLength: 8, interface: "lo" }],
  ])("reads %s", (text, value) => {
    expect(parseAddressText(text)).toEqual({ ok: true, value });
  });

  it.each([
    ["", /\(nothing\) is not an IPv4 or IPv6 address/u],
    ["10.10.180", /"10\.10\.180" is not an IPv4/u],
    ["10.10.180.256/24", /"10\.10\.180\.256" is not/u],
    ["host.example/24", /"host\.example" is not/u],
    ["fe80::1%eth0/64", /is not an IPv4 or IPv6/u],
    ["0.0.0.0/24", /cannot be the address of a host/u],
    ["224.0.0.1/24", /cannot be the address/u],
    ["255.255.255.255", /cannot be the address/u],
    ["::/64", /cannot be the address/u],
    ["ff02::1/64", /cannot be the address/u],
    ["10.0.0.1/", /\(nothing\) is not a number of mask bits from 1 to 32/u],
    ["10.0.0.1/33", /"33" is not a number of mask bits from 1 to 32/u],
    ["10.0.0.1/0", /from 1 to 32/u],
    ["10.0.0.1/eth0", /"eth0" is not a number of mask bits/u],
    ["10.0.0.1/255.255.255.0/eth0", /is a netmask: write it as mask bits, 24/u],
    ["10.0.0.1/255.0.255.0", /is not a number of mask bits/u],
    ["2001:db8::1/129", /from 1 to 128/u],
    ["10.0.0.1/24/", /\(nothing\) is not the name of an interface/u],
    ["10.0.0.1/24/:0", /is not the name of an interface/u],
    ["10.0.0.1/24/eth0:", /alias such as eth0:0/u],
    ["10.0.0.1/24/eth0:0:1", /alias such as eth0:0/u],
    ["10.0.0.1/24/eth 0", /alias such as eth0:0/u],
    ["10.0.0.1/24/averylongname:01", /too long: interfaces and aliases have at most 15/u],
    ["10.0.0.1/24/eth0/nowhere", /"nowhere" is not an IPv4 broadcast/u],
    ["10.0.0.1/24/eth0/fd00::1", /is not an IPv4 broadcast/u],
    ["10.0.0.1/24/10.0.0", /"10\.0\.0" is not an IPv4 broadcast/u],
    ["10.0.0.1/24/10.0.0.255/eth0", /third part must be an interface/u],
    ["10.0.0.1/24/eth0/10.0.0.255/x", /more than four parts/u],
    ["2001:db8::1/64/eth0/10.0.0.255", /IPv6, which has no broadcast/u],
  ])("refuses %j", (text, problem) => {
    expect(parseAddressText(text)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
  });
});

describe("the parts of a resource", () => {
  const spec = (args: string[], parameters: Record<string, string> = {}): ResourceSpec => ({
    name: "r",
    args,
    parameters,
  });
  const whole = {
    address: "10.0.0.1",
    family: 4,
    prefixLength: 24,
    interface: "eth0",
    broadcast: "10.0.0.255",
  };

  it("come from parameters", () => {
    for (const mask of ["24", "255.255.255.0"]) {
      const parameters = { ip: "10.0.0.1", cidr_netmask: mask, nic: "eth0", broadcast: "10.0.0.255" };
      expect(wantedAddress(spec([], parameters))).toEqual({ ok: true, value: whole });
    }
  });

  it("come from the argument, completed by parameters", () => {
    const parameters = { cidr_netmask: "16", nic: "eth0", broadcast: "10.0.0.255" };
    expect(wantedAddress(spec(["10.0.0.1/24"], parameters))).toEqual({ ok: true, value: whole });
    expect(wantedAddress(spec(["10.0.0.1/24/eth0:0"], { nic: "eth1", ip: "10.0.0.1" }))).toMatchObject({
      value: { interface: "eth0", label: "eth0:0" },
    });
  });

  it.each([
    [spec([]), /\(nothing\) is not/u],
    [spec(["10.0.0.1", "24"]), /here are 2/u],
    [spec(["10.0.0.1"], { netmask: "24" }), /unknown parameter netmask: there are ip, cidr_netmask/u],
    [spec(["10.0.0.1"], { ip: "10.0.0.2" }), /argument says 10\.0\.0\.1, the parameter ip says 10\.0\.0\.2/u],
    [spec(["10.0.0.1/24/a/b/c"], { ip: "10.0.0.1" }), /more than four parts/u],
    [spec([], { ip: "10.0.0.1", cidr_netmask: "255.0.255.0" }), /not a number of mask bits/u],
  ])("are refused when they do not fit (%#)", (resource, problem) => {
    expect(wantedAddress(resource)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
  });
});

describe("address arithmetic", () => {
  it.each([
    ["10.0.0.1", 24, "10.0.0.255"],
    ["10.1.2.3", 12, "10.15.255.255"],
    ["192.168.1.130", 26, "192.168.1.191"],
    ["10.0.0.1", 30, "10.0.0.3"],
    ["10.0.0.1", 31, undefined],
    ["10.0.0.1", 32, undefined],
  ])("finds the broadcast address of %s/%i", (address, prefix, broadcast) => {
    expect(broadcastOf(address, prefix)).toBe(broadcast);
  });

  it("reads netmasks", () => {
    expect(["255.255.255.255", "255.255.240.0", "128.0.0.0"].map(prefixOfMask)).toEqual([32, 20, 1]);
    expect(["0.0.0.0", "255.0.255.0", "24", "ffff::"].map(prefixOfMask)).toEqual(Array(4).fill(undefined));
  });

  it("spells IPv6 as the kernel does", () => {
    expect(canonicalAddress("FE80:0:0:0:0:0:0:1")?.address).toBe("fe80::1");
    expect(canonicalAddress("1:0:0:2:0:0:0:3")?.address).toBe("1:0:0:2::3");
  });
});
