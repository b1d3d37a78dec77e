import { describe, expect, it } from "vitest";
import { resolveResource, type ResourceLookup } from "./resolve-resource.js";

function lookup(...files: string[]): ResourceLookup {
  return {
    resourceDirectory: "/ha/resource.d",
    initDirectory: "/init.d",
    ocfDirectory: "/ocf",
    unitDirectories: ["/etc/units", "/lib/units"],
    isExecutableFile: (path) => files.includes(path),
    namesIn: (directory) => [
      ...new Set(
        files
          .filter((file) => file.startsWith(`${directory}/`))
          .map((file) => file.slice(directory.length + 1).split("/")[0] ?? ""),
      ),
    ],
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
    ["ofc:heartbeat:nginx", "resource.class-unknown", 'did you mean "ocf"?'],
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

  const OCF = ["/ocf/heartbeat/Dummy", "/ocf/heartbeat/IPaddr2", "/ocf/heartbeat/.ocf-shellfuncs"];
  const UNITS = ["/lib/units/nginx.service", "/etc/units/openvpn@.service", "/lib/units/tmp.mount"];

  it("an agent of OCF takes parameters by name, and what is behind the first = is the value", () => {
    const found = resolveResource(
      "ocf:heartbeat:Dummy::state=/tmp/a=b::empty=::ip=fe80::1::fake=::1",
      lookup(...OCF),
    );
    expect(found).toEqual({
      ok: true,
      agent: "ocf",
      args: ["heartbeat", "Dummy"],
      parameters: { state: "/tmp/a=b", empty: "", ip: "fe80::1", fake: "::1" },
      resolvesTo: "ocf:/ocf/heartbeat/Dummy",
    });
  });

  it.each([
    ["systemd:nginx.service", ["nginx.service"]],
    ["systemd:nginx", ["nginx.service"]],
    ["systemd:openvpn@office", ["openvpn@office.service"]],
    ["systemd:openvpn@a.b.service", ["openvpn@a.b.service"]],
    ["systemd:tmp.mount", ["tmp.mount"]],
  ])("the unit %s", (text, args) => {
    const found = resolveResource(text, lookup(...UNITS));
    expect(found).toMatchObject({ ok: true, agent: "systemd", args, resolvesTo: `systemd:${args[0]}` });
  });

  it.each([
    ["ocf:Dummy", "resource.name-invalid", "e.g. ocf:heartbeat:Dummy"],
    ["ocf:a:b:c", "resource.name-invalid", "ocf:PROVIDER:TYPE"],
    ["ocf:../x:Dummy", "resource.name-invalid", "names no agent"],
    ["ocf:heartbeat:..", "resource.name-invalid", "names no agent"],
    ["ocf:heartbeat:Dummy::/tmp/state", "resource.name-invalid", '"/tmp/state" in'],
    ["ocf:heartbeat:Dummy::a=1::a=2", "resource.name-invalid", "parameter a twice"],
    ["ocf:heartbeet:Dummy", "resource.not-found", 'did you mean "heartbeat"?'],
    ["ocf:linbit:drbd", "resource.not-found", 'no provider "linbit" in /ocf'],
    ["ocf:heartbeat:IPadr2", "resource.not-found", 'did you mean "ocf:heartbeat:IPaddr2"?'],
    ["ocf:heartbeat:Zzzzzz", "resource.not-found", "install the package"],
    ["systemd:ngnix", "resource.not-found", 'did you mean "nginx.service"?'],
    ["systemd:zzzzzz", "resource.not-found", "no zzzzzz.service in /etc/units, /lib/units"],
    ["systemd:nginx::/etc/n.conf", "resource.name-invalid", "a unit takes none"],
    ["systemd:openvpn@", "resource.name-invalid", "NAME@INSTANCE"],
    ["systemd:", "resource.name-invalid", "names no unit"],
    ["systemd:../x", "resource.name-invalid", "names no unit"],
  ])("refuses %s, with what is near", (text, code, words) => {
    const found = resolveResource(text, lookup(...OCF, ...UNITS));
    expect(found).toMatchObject({ ok: false, code, message: expect.stringContaining(words) });
  });
});
