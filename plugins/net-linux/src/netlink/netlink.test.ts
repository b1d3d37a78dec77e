import { describe, expect, it } from "vitest";
import { checkAddress } from "../address-spec.js";
import { parseIp } from "../ip-address.js";
import { decodeAddress, encodeDeleteAddress, encodeNewAddress } from "./address.js";
import { decodeLink, encodeLinkRequest, formatMac, parseMac } from "./link.js";
import { decodeRoute, encodeRouteRequest } from "./route.js";
import {
  decodeAcknowledgement,
  decodeAttributes,
  decodeMessages,
  encodeAttribute,
  encodeMessage,
  encodeTextAttribute,
} from "./wire.js";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/gu, ""), "hex");
const message = (body: Buffer, type = 0) => ({ type, flags: 0, sequence: 0, body });

describe("netlink framing", () => {
  it("lays out a header", () => {
    const bytes = encodeMessage({ type: 20, flags: 0x605, sequence: 7, body: hex("aabbccdd") });
    expect(bytes).toEqual(hex("14000000 1400 0506 07000000 00000000 aabbccdd"));
    expect(decodeMessages(bytes)).toEqual([{ type: 20, flags: 0x605, sequence: 7, body: hex("aabbccdd") }]);
  });

  it("pads attributes and messages to four bytes", () => {
    expect(encodeTextAttribute(3, "eth0:0")).toEqual(hex("0b000300 65746830 3a3000 00"));
    const two = Buffer.concat([encodeAttribute(1, hex("01")), encodeAttribute(2, hex("02"))]);
    expect([...decodeAttributes(two)]).toEqual([
      [1, hex("01")],
      [2, hex("02")],
    ]);
    const messages = Buffer.concat([
      hex("11000000 0300 0000 01000000 00000000 ff 000000"),
      encodeMessage(message(hex(""))),
    ]);
    expect(decodeMessages(messages)).toHaveLength(2);
  });

  it("ignores the flag bits of an attribute's type", () => {
    expect(decodeAttributes(encodeAttribute(0x8005, hex("09"))).get(5)).toEqual(hex("09"));
  });

  it.each(["", "10", "ff000000 0000 0000 00000000 00000000", "00000000 0000 0000 00000000 00000000"])(
    "finds no message in %j",
    (bytes) => {
      expect(decodeMessages(hex(bytes))).toEqual([]);
    },
  );

  it.each(["03000100", "ff000100 00", "0000"])("finds no attribute in %j", (bytes) => {
    expect([...decodeAttributes(hex(bytes))]).toEqual([]);
  });

  it("reads acknowledgements, with the kernel's sentence where there is one", () => {
    const echoedHeader = hex("14000000 1400 0506 07000000 00000000");
    expect(decodeAcknowledgement(message(Buffer.alloc(20)))).toEqual({ errno: 0 });
    const refused = Buffer.concat([hex("efffffff"), echoedHeader]);
    expect(decodeAcknowledgement(message(refused))).toEqual({ errno: 17 });
    const capped = Buffer.concat([refused, encodeTextAttribute(1, "no")]);
    expect(decodeAcknowledgement({ ...message(capped), flags: 0x300 })).toEqual({ errno: 17, text: "no" });
    const whole = Buffer.concat([refused, hex("aabbccdd"), encodeTextAttribute(1, "no")]);
    expect(decodeAcknowledgement({ ...message(whole), flags: 0x200 })).toEqual({ errno: 17, text: "no" });
    expect(decodeAcknowledgement(message(hex("01")))).toEqual({ errno: 0 });
  });
});

describe("address messages", () => {
  const spec = {
    address: "10.10.180.220",
    prefixLength: 24,
    interface: "eth0",
    label: "eth0:0",
    broadcast: "10.10.180.255",
  };

  it("lays out an IPv4 address with label and broadcast, and reads it back", () => {
    const body = encodeNewAddress(checkAddress(spec), 3, undefined);
    expect(body).toEqual(
      hex(
        `02 18 00 00 03000000
         08000200 0a0ab4dc
         08000100 0a0ab4dc
         0b000300 657468303a3000 00
         08000400 0a0ab4ff`,
      ),
    );
    expect(decodeAddress(message(body), (index) => `if${index}`)).toEqual({
      ...spec,
      interface: "if3",
      family: 4,
    });
  });

  it("asks for no duplicate detection of an IPv6 address", () => {
    const address = checkAddress({ address: "2001:db8::1", prefixLength: 64, interface: "eth0" });
    const ip = "20010db8000000000000000000000001";
    expect(encodeNewAddress(address, 2, undefined)).toEqual(
      hex(`0a 40 02 00 02000000 14000200 ${ip} 14000100 ${ip}`),
    );
    expect(encodeDeleteAddress(address, 2)).toEqual(
      hex(`0a 40 00 00 02000000 14000200 ${ip} 14000100 ${ip}`),
    );
  });

  it("gives loopback addresses host scope", () => {
    const address = checkAddress({ address: "127.0.0.9", prefixLength: 8, interface: "lo" });
    expect(encodeNewAddress(address, 1, undefined).subarray(0, 8)).toEqual(hex("02 08 00 fe 01000000"));
  });

  it("reads its own end of a point-to-point address, and a failed duplicate detection", () => {
    const peer = hex("02 20 80 00 05000000 08000100 0a000002 08000200 0a000001");
    expect(decodeAddress(message(peer), () => "ppp0")).toEqual({
      address: "10.0.0.1",
      family: 4,
      prefixLength: 32,
      interface: "ppp0",
    });
    const duplicate = hex("0a 40 08 00 05000000 14000100 fe800000000000000000000000000001 08000800 88000000");
    expect(decodeAddress(message(duplicate), () => "eth0")).toMatchObject({
      address: "fe80::1",
      duplicate: true,
    });
  });

  it.each([
    "",
    "0218",
    "11 00 00 00 01000000",
    "02 18 00 00 03000000",
    "02 18 00 00 03000000 06000200 0a0a0000",
  ])("does not read %j", (body) => {
    expect(decodeAddress(message(hex(body)), () => "eth0")).toBeUndefined();
  });

  it("does not read the address of an unknown interface", () => {
    const body = encodeNewAddress(checkAddress(spec), 3, undefined);
    expect(decodeAddress(message(body), () => undefined)).toBeUndefined();
  });
});

describe("link messages", () => {
  const attributes = "09000300 65746830 00 000000 0a000100 02fc00000001 0000";

  it("asks for one interface by name, without statistics", () => {
    expect(encodeLinkRequest("eth0")).toEqual(
      hex(`${"00".repeat(16)} 08001d00 08000000 09000300 65746830 00 000000`),
    );
  });

  it("reads flags and hardware address", () => {
    const up = hex(`00 00 0100 02000000 43100100 00000000 ${attributes}`);
    expect(decodeLink(message(up))).toEqual({
      name: "eth0",
      index: 2,
      up: true,
      running: true,
      loopback: false,
      mac: "02:fc:00:00:00:01",
    });
    const noCarrier = hex(`00 00 0100 02000000 03100000 00000000 ${attributes}`);
    expect(decodeLink(message(noCarrier))).toMatchObject({ up: true, running: false });
    const loopback = hex(
      `00 00 0403 01000000 49000100 00000000 07000300 6c6f0000 0a000100 000000000000 0000`,
    );
    expect(decodeLink(message(loopback))).toEqual({
      name: "lo",
      index: 1,
      up: true,
      running: true,
      loopback: true,
    });
  });

  it("does not take a bridge port for an interface", () => {
    expect(decodeLink(message(hex(`07 00 0100 02000000 43100100 00000000 ${attributes}`)))).toBeUndefined();
    expect(decodeLink(message(hex("0000")))).toBeUndefined();
  });

  it("writes and reads hardware addresses", () => {
    expect(formatMac(parseMac("02:fc:00:0a:ff:01"))).toBe("02:fc:00:0a:ff:01");
  });
});

describe("route messages", () => {
  it("asks for the decision and for the matching entry", () => {
    const ip = parseIp("10.0.0.9");
    if (ip === undefined) throw new Error("not an address");
    expect(encodeRouteRequest(ip, "decided")).toEqual(
      hex("02 20 00 00 00 00 00 00 00000000 08000100 0a000009"),
    );
    expect(encodeRouteRequest(ip, "matched")).toEqual(
      hex("02 20 00 00 00 00 00 00 00200000 08000100 0a000009"),
    );
  });

  it("reads a connected network, a gateway and several paths", () => {
    const connected = hex("02 18 00 00 fe 02 fd 01 00000000 08000400 02000000 08000700 0a000001");
    expect(decodeRoute(message(connected))).toEqual({
      prefixLength: 24,
      interfaceIndex: 2,
      source: "10.0.0.1",
      indirect: false,
    });
    const gateway = hex("02 00 00 00 fe 03 00 01 00000000 08000400 02000000 08000500 0a000002");
    expect(decodeRoute(message(gateway))).toMatchObject({ prefixLength: 0, indirect: true });
    const multipath = hex("02 00 00 00 fe 03 00 01 00000000 04000900");
    expect(decodeRoute(message(multipath))).toEqual({ prefixLength: 0, indirect: true });
  });

  it.each([6, 7, 8])("finds no way in a route of kind %i", (kind) => {
    const body = hex(`02 18 00 00 fe 03 00 0${kind} 00000000`);
    expect(decodeRoute(message(body))).toBeUndefined();
  });
});
