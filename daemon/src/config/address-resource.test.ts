import { describe, expect, it } from "vitest";
import { looksLikeAddress, parseAddressResource } from "./address-resource.js";

describe("looksLikeAddress", () => {
  it.each([
    "10.0.0.1",
    "10.0.0.1/24/eth0:0",
    "10.0.0.999",
    "1.2.3.4.5",
    "2001:db8::1",
    "fe80::1/64/eth0",
    "::1/128",
  ])("%s does", (text) => expect(looksLikeAddress(text)).toBe(true));
  it.each(["nginx", "IPaddr::10.0.0.1", "db::1", "cafe::babe", "lsb:nginx", "10.0.0", "::1", ""])(
    "%s does not",
    (text) => expect(looksLikeAddress(text)).toBe(false),
  );
});

describe("parseAddressResource", () => {
  it.each([
    ["10.0.0.1", "10.0.0.1", undefined, "10.0.0.1"],
    ["10.0.0.1/24", "10.0.0.1", undefined, "10.0.0.1/24"],
    ["10.10.180.220/24/eth0:0", "10.10.180.220", "eth0", "10.10.180.220/24/eth0:0"],
    ["10.0.0.1/24/eth0/10.0.0.255", "10.0.0.1", "eth0", "10.0.0.1/24/eth0/10.0.0.255"],
    ["10.0.0.1/24/10.0.0.255", "10.0.0.1", undefined, "10.0.0.1/24/10.0.0.255"],
    ["10.0.0.1/255.255.240.0/eth0", "10.0.0.1", "eth0", "10.0.0.1/20/eth0"],
    ["2001:DB8::1/64/eth0", "2001:db8::1", "eth0", "2001:DB8::1/64/eth0"],
  ])("reads %s", (text, address, device, normal) => {
    const parsed = parseAddressResource(text);
    expect(parsed).toEqual({ ok: true, address, text: normal, ...(device && { interface: device }) });
  });

  it.each([
    ["", "not an IP address"],
    ["10.0.0.256/24", "not an IP address"],
    ["10.0.0.1/33", "prefix length"],
    ["10.0.0.1/0", "prefix length"],
    ["10.0.0.1//eth0", "prefix length"],
    ["10.0.0.1/255.0.255.0", "prefix length"],
    ["fe80::1/129", "prefix length"],
    ["10.0.0.1/24/eth0/10.0.0.999", "broadcast"],
    ["10.0.0.1/24/10.0.0.255/eth0", "cannot begin with a digit"],
    ["fe80::1/64/eth0/10.0.0.255", "broadcast"],
    ["10.0.0.1/24/eth0/10.0.0.255/x", "too many slashes"],
    ["10.0.0.1/24/eth0:0:0", "cannot be an interface"],
    ["10.0.0.1/24/", "cannot be an interface"],
    ["10.0.0.1/24/averyverylongname0", "cannot be an interface"],
  ])("refuses %s", (text, words) => {
    const parsed = parseAddressResource(text);
    expect(parsed.ok ? "" : parsed.message).toContain(words);
  });
});
