import { describe, expect, it } from "vitest";
import { checkAddress } from "./address-spec.js";
import netLinux from "./index.js";
import { NetLinuxConfig } from "./net-linux-config.js";

describe("the plugin", () => {
  it("is one for node", () => {
    expect(netLinux).toMatchObject({ kind: "systole.plugin", name: "net-linux", runtimes: ["node"] });
  });

  it.each([
    [undefined, "auto"],
    [{}, "auto"],
    [{ backend: "programs" }, "programs"],
    [{ backend: "native" }, "native"],
  ])("accepts %j", async (value, backend) => {
    expect(await NetLinuxConfig["~standard"].validate(value)).toEqual({ value: { backend } });
  });

  it.each([null, "native", [], { backend: "other" }, { backend: null }, { backnd: "auto" }])(
    "refuses %j",
    async (value) => {
      const result = await NetLinuxConfig["~standard"].validate(value);
      expect(result.issues).toHaveLength(1);
    },
  );
});

describe("an address to hold", () => {
  const spec = { address: "10.0.0.1", prefixLength: 24, interface: "eth0" };

  it("is made canonical", () => {
    expect(checkAddress({ ...spec, address: "2001:DB8::0:1" }).address).toBe("2001:db8::1");
  });

  it.each([
    [{ address: "10.0.0" }, /not an IPv4 or IPv6 address/u],
    [{ prefixLength: 33 }, /within 0\.\.32/u],
    [{ prefixLength: 1.5 }, /within 0\.\.32/u],
    [{ label: "eth1:0" }, /does not begin with eth0/u],
    [{ label: "eth0:0123456789a" }, /longer than 15 bytes/u],
    [{ broadcast: "fd00::1" }, /does not fit/u],
    [{ address: "fd00::1", label: "eth0:0" }, /have no label/u],
    [{ address: "fd00::1", broadcast: "10.0.0.255" }, /does not fit/u],
  ])("is refused with %j", (change, message) => {
    expect(() => checkAddress({ ...spec, ...change })).toThrow(
      expect.objectContaining({ code: "ADDRESS_FAILED", message: expect.stringMatching(message) }),
    );
  });

  it.each(["", "a name", "../x", "..", "-n", "averyveryverylongname", "nul\0"])(
    "is refused on interface %j",
    (name) => {
      expect(() => checkAddress({ ...spec, interface: name })).toThrow(
        expect.objectContaining({ code: "INTERFACE_NOT_FOUND" }),
      );
    },
  );
});
