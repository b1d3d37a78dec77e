import { describe, expect, it } from "vitest";
import { gratuitousArp } from "./arp.js";
import { decodeEchoReply, encodeEchoRequest, withoutIpv4Header } from "./icmp-echo.js";
import { internetChecksum } from "./internet-checksum.js";
import { addressProbe } from "./probe.js";
import { unsolicitedAdvertisement } from "./neighbour-advertisement.js";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/gu, ""), "hex");
const MAC = hex("02fc00000001");
const IPV4 = hex("0a0ab4dc");
const IPV6 = hex("20010db8000000000000000000000001");

describe("gratuitous ARP", () => {
  it("asks for itself in the request form", () => {
    expect(gratuitousArp("request", MAC, IPV4)).toEqual(
      hex(`ffffffffffff 02fc00000001 0806 0001 0800 06 04 0001
           02fc00000001 0a0ab4dc 000000000000 0a0ab4dc`),
    );
  });

  it("answers itself in the reply form", () => {
    expect(gratuitousArp("reply", MAC, IPV4)).toEqual(
      hex(`ffffffffffff 02fc00000001 0806 0001 0800 06 04 0002
           02fc00000001 0a0ab4dc 02fc00000001 0a0ab4dc`),
    );
  });
});

describe("a probe for an address", () => {
  it("asks by ARP without saying that it has the address", () => {
    expect(addressProbe(MAC, { family: 4, bytes: IPV4 })).toEqual(
      hex(`ffffffffffff 02fc00000001 0806 0001 0800 06 04 0001
           02fc00000001 00000000 000000000000 0a0ab4dc`),
    );
  });

  it("asks as duplicate detection does, from no address, with a right checksum", () => {
    const frame = addressProbe(MAC, { family: 6, bytes: IPV6 });
    const checksum = frame.toString("hex", 56, 58);
    expect(frame).toEqual(
      hex(`3333ff000001 02fc00000001 86dd
           60000000 0018 3a ff ${"00".repeat(16)} ff0200000000000000000001ff000001
           87 00 ${checksum} 00000000 20010db8000000000000000000000001`),
    );
    expect(internetChecksum([frame.subarray(22, 54), hex("00000018 0000003a"), frame.subarray(54)])).toBe(0);
  });
});

describe("unsolicited neighbour advertisement", () => {
  it("goes to all nodes with the override flag and a right checksum", () => {
    const frame = unsolicitedAdvertisement(MAC, IPV6);
    const checksum = frame.toString("hex", 56, 58);
    expect(frame).toEqual(
      hex(`333300000001 02fc00000001 86dd
           60000000 0020 3a ff 20010db8000000000000000000000001 ff020000000000000000000000000001
           88 00 ${checksum} 20000000 20010db8000000000000000000000001 02 01 02fc00000001`),
    );
    // Over pseudo header and message, checksum included, the sum comes out as zero.
    expect(internetChecksum([frame.subarray(22, 54), hex("00000020 0000003a"), frame.subarray(54)])).toBe(0);
  });

  it("says that the host is a router when it is", () => {
    expect(unsolicitedAdvertisement(MAC, IPV6, true)[58]).toBe(0xa0);
  });
});

describe("ICMP echo", () => {
  it("lays out a request; the kernel adds the checksum of ICMPv6", () => {
    expect(encodeEchoRequest(4, 0x1234, 65_537, hex("616263"))).toEqual(hex("08 00 2168 1234 0001 616263"));
    expect(encodeEchoRequest(6, 0x1234, 1, hex("616263"))).toEqual(hex("80 00 0000 1234 0001 616263"));
  });

  it("reads a reply and nothing else", () => {
    const reply = { id: 0x1234, sequence: 2, data: hex("6162") };
    expect(decodeEchoReply(4, hex("00 00 ffff 1234 0002 6162"))).toEqual(reply);
    expect(decodeEchoReply(6, hex("81 00 ffff 1234 0002 6162"))).toEqual(reply);
    expect(decodeEchoReply(4, hex("08 00 ffff 1234 0002 6162"))).toBeUndefined();
    expect(decodeEchoReply(6, hex("00 00 ffff 1234 0002 6162"))).toBeUndefined();
    expect(decodeEchoReply(4, hex("00 00 ffff 1234"))).toBeUndefined();
  });

  it("takes the IPv4 header off, options included", () => {
    expect(withoutIpv4Header(hex(`45 ${"00".repeat(19)} aabb`))).toEqual(hex("aabb"));
    expect(withoutIpv4Header(hex(`46 ${"00".repeat(23)} aabb`))).toEqual(hex("aabb"));
    expect(withoutIpv4Header(hex("45 00"))).toBeUndefined();
    expect(withoutIpv4Header(hex(`41 ${"00".repeat(30)}`))).toBeUndefined();
    expect(withoutIpv4Header(hex(""))).toBeUndefined();
  });
});
