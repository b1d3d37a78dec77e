import { describe, expect, it } from "vitest";
import { canonicalIp, formatIp, parseIp, sameNetwork } from "./ip-address.js";

describe("IP addresses", () => {
  it.each([
    ["10.10.180.220", "0a0ab4dc"],
    ["::", "00000000000000000000000000000000"],
    ["::1", "00000000000000000000000000000001"],
    ["2001:db8::1:0:0:1", "20010db8000000000001000000000001"],
    ["fe80::", "fe800000000000000000000000000000"],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["::ffff:10.0.0.1", "00000000000000000000ffff0a000001"],
  ])("reads and writes %s", (text, hex) => {
    const parsed = parseIp(text);
    expect(parsed?.bytes.toString("hex")).toBe(hex);
    expect(formatIp(Buffer.from(hex, "hex"))).toBe(text);
  });

  it.each([
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"],
  ])("makes %s canonical", (text, canonical) => {
    expect(canonicalIp(text)).toBe(canonical);
  });

  it.each(["", "10.0.0", "10.0.0.256", "fe80::1%eth0", "10.0.0.1/24", "a:b", "eth0"])(
    "refuses %j",
    (text) => {
      expect(parseIp(text)).toBeUndefined();
    },
  );

  it("compares networks bit by bit", () => {
    expect(sameNetwork("10.0.0.1", "10.0.0.254", 24)).toBe(true);
    expect(sameNetwork("10.0.0.1", "10.0.0.129", 25)).toBe(false);
    expect(sameNetwork("10.0.0.1", "11.0.0.1", 0)).toBe(true);
    expect(sameNetwork("10.0.0.1", "10.0.0.2", 32)).toBe(false);
    expect(sameNetwork("fd00::1", "fd00::2", 64)).toBe(true);
    expect(sameNetwork("10.0.0.1", "fd00::2", 0)).toBe(false);
  });
});
