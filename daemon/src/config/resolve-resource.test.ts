import { describe, expect, it } from "vitest";
import { resolveResource, type ResourceLookup } from "./resolve-resource.js";

function lookup(...files: string[]): ResourceLookup {
  return {
    resourceDirectory: "/ha/resource.d",
    initDirectory: "/init.d",
    isExecutableFile: (path) => files.includes(path),
  };
}

describe("resolveResource", () => {
  it.each([
    ["10.0.0.1/24/eth0:0", "ipaddr", ["10.0.0.1/24/eth0:0"], "native:ipaddr"],
    ["IPaddr::10.0.0.1/24/eth0", "ipaddr", ["10.0.0.1/24/eth0"], "native:ipaddr"],
    ["IPaddr2::10.0.0.1/24", "ipaddr", ["10.0.0.1/24"], "native:ipaddr"],
    ["IPv6addr::2001:db8::5/64/eth0", "ipaddr", ["2001:db8::5/64/eth0"], "native:ipaddr"],
    ["2001:db8::5/64", "ipaddr", ["2001:db8::5/64"], "native:ipaddr"],
    ["native:10.0.0.1", "ipaddr", ["10.0.0.1"], "native:ipaddr"],
    ["nginx", "nginx", [], "native:nginx"],
    ["native:nginx::/etc/n.conf", "nginx", ["/etc/n.conf"], "native:nginx"],
    ["lsb:nginx", "lsb", ["nginx"], "lsb:/init.d/nginx"],
    ["heartbeat:IPaddr::10.0.0.1", "heartbeat", ["IPaddr", "10.0.0.1"], "heartbeat:/ha/resource.d/IPaddr"],
    [
      "Filesystem::/dev/sda1::/data",
      "heartbeat",
      ["Filesystem", "/dev/sda1", "/data"],
      "heartbeat:/ha/resource.d/Filesystem",
    ],
    ["both", "heartbeat", ["both"], "heartbeat:/ha/resource.d/both"],
    ["lsb:both", "lsb", ["both"], "lsb:/init.d/both"],
    ["postfix", "lsb", ["postfix"], "lsb:/init.d/postfix"],
  ])("%s", (text, agent, args, resolvesTo) => {
    const files = ["IPaddr", "Filesystem", "both", "nginx"].map((name) => `/ha/resource.d/${name}`);
    const found = resolveResource(text, lookup(...files, "/init.d/nginx", "/init.d/both", "/init.d/postfix"));
    expect(found).toMatchObject({ ok: true, agent, args, resolvesTo });
  });

  it.each([
    [
      "postfix",
      "resource.not-found",
      "(IPaddr, IPaddr2, IPv6addr, nginx), then in /ha/resource.d, then in /init.d",
    ],
    ["ngnix", "resource.not-found", 'did you mean "nginx"?'],
    ["lsb:postfix", "resource.not-found", "looked for postfix in /init.d;"],
    ["native:postfix", "resource.not-found", "looked for postfix in the native agents"],
    ["ocf:heartbeat:nginx", "resource.class-unknown", 'no class "ocf"'],
    ["../evil", "resource.name-invalid", "without slashes"],
    ["..", "resource.name-invalid", "names no script"],
    ["lsb:../../bin/sh", "resource.name-invalid", "names no script"],
    ["::x", "resource.name-invalid", "names no script"],
    ["lsb:", "resource.name-invalid", "names no script"],
    ["10.0.0.1/99", "resource.address-invalid", "prefix length"],
    ["IPaddr", "resource.address-invalid", "not an IP address"],
    ["IPaddr::eth0", "resource.address-invalid", "not an IP address"],
  ])("refuses %s", (text, code, words) => {
    const found = resolveResource(text, lookup());
    expect(found).toMatchObject({ ok: false, code, message: expect.stringContaining(words) });
  });
});
