// Does a script of external/*, unmodified, keep the contract of fence devices? The machines behind it are files.
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeProcesses } from "@systole/core/node";
import { contractFor, runContract } from "@systole/sdk/testkit";
import { describe, expect, it } from "vitest";
import { openHypervisor, hasPackage, type Hypervisor } from "./testing/hypervisor.js";
import { deviceOpener } from "./testing/open-device.js";

const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
const { openDevice, problemWith } = deviceOpener(new NodeProcesses());
const live = (): AbortSignal => new AbortController().signal;
const parameters = { hostlist: "one,two", hypervisor_uri: "test://rack", reset_method: "reboot" };
const libvirt = { type: "external/libvirt", parameters };

function deviceOf({ directory }: Hypervisor, settings: object = libvirt) {
  return openDevice(settings, { PATH: `${directory}:${PATH}`, secret_token: "hunter2" });
}

async function withHypervisor(test: (hypervisor: Hypervisor) => Promise<void>): Promise<void> {
  const hypervisor = await openHypervisor("one", "two");
  try {
    await test(hypervisor);
  } finally {
    await hypervisor.close();
  }
}

describe.runIf(hasPackage)("external/libvirt", () => {
  it("keeps the contract", async () => {
    const opened: Hypervisor[] = [];
    const results = await runContract(contractFor("fence-device"), {
      async open() {
        const hypervisor = await openHypervisor("one", "two");
        opened.push(hypervisor);
        return {
          device: await deviceOf(hypervisor),
          node: "one",
          bystander: "two",
          observe: hypervisor.power,
          boots: hypervisor.boots,
          break: () => hypervisor.let("broken"),
          stall: () => hypervisor.let("stalled"),
        };
      },
      close: () => opened.at(-1)?.close(),
    });
    expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  });

  it("finds the machine that the host list means", () =>
    withHypervisor(async (hypervisor) => {
      const device = await deviceOf(hypervisor, {
        ...libvirt,
        parameters: { ...parameters, hostlist: "bravo:two" },
      });
      expect(await device.list(live())).toEqual(["bravo"]);
      expect(await device.execute("off", "bravo", live())).toEqual({ ok: true });
      expect(await hypervisor.power("two")).toBe("off");
      expect(await hypervisor.power("one")).toBe("on");
    }));

  it("is asked with its parameters in the environment, and what it says in vain comes back", () =>
    withHypervisor(async (hypervisor) => {
      await hypervisor.let("broken");
      const device = await deviceOf(hypervisor);
      const result = await device.execute("off", "one", live());
      expect(result).toMatchObject({ ok: false, kind: "error" });
      expect(JSON.stringify(result)).toContain("Failed to stop domain one");
      expect(await hypervisor.calls()).toContain("-c test://rack destroy one");
    }));

  it("lists no node where it may not be used", async () => {
    const device = await openDevice({ ...libvirt, from: "elsewhere" });
    expect(await device.list(live())).toEqual([]);
    expect(await device.execute("off", "one", live())).toMatchObject({ ok: false, kind: "unknown-node" });
  });
});

describe.runIf(hasPackage)("a password", () => {
  /** What ipmitool is told, with the password, is on its own command line: that is the script's choice. */
  async function openRefusingBmc() {
    const directory = await mkdtemp(join(tmpdir(), "fence-stonith-"));
    const at = (name: string): string => join(directory, name);
    await writeFile(at("ipmitool"), '#!/bin/sh\necho "wrong password: $*"; exit 1\n', { mode: 0o755 });
    await writeFile(at("secret"), "hunter2\n", { mode: 0o600 });
    const device = await openDevice({
      type: "external/ipmi",
      parameters: {
        hostname: "one",
        ipaddr: "192.0.2.7",
        userid: "admin",
        passwd: { file: at("secret") },
        interface: "lan",
        ipmitool: at("ipmitool"),
      },
    });
    return { device, at, close: () => rm(directory, { recursive: true }) };
  }

  it("reaches the script, and does not come back with its words", async () => {
    const { device, close } = await openRefusingBmc();
    const result = JSON.stringify(await device.execute("off", "one", live()));
    await close();
    expect(result).toContain("wrong password: -I lan -H 192.0.2.7 -U admin -P *** power off");
  });

  it("that everybody may read is refused", async () => {
    const { device, at, close } = await openRefusingBmc();
    await rm(at("secret"));
    await writeFile(at("secret"), "hunter2\n", { mode: 0o644 });
    const result = JSON.stringify(await device.execute("off", "one", live()));
    expect(await readFile(at("secret"), "utf8")).toBe("hunter2\n");
    await close();
    expect(result).toMatch(/parameter passwd: everybody on this machine may read .*chmod 0600/);
  });
});

describe.runIf(hasPackage)("the configuration", () => {
  const devices = (device: object) => problemWith({ devices: { rack: device } });

  it.each([
    [
      { type: "external/libvrt", parameters: {} },
      /no program .*external\/libvrt; did you mean "external\/libvirt"\?/,
    ],
    [
      { type: "external/ipmi", parameters: { hostname: "one", paswd: "x" } },
      /ipmi has no parameter paswd; did you mean "passwd"/,
    ],
    [
      { type: "external/libvirt", parameters: { hostlist: "one" } },
      /external\/libvirt needs the parameter hypervisor_uri/,
    ],
    [
      { type: "external/ipmi", parameters: "one 192.0.2.7" },
      /value of userid is missing; in order: hostname ipaddr userid/,
    ],
    [{ type: "external/ipmi" }, /either parameters or configFile/],
    [{ type: "../ipmi", parameters: {} }, /must be a type/],
  ])("%j is refused", async (device, problem) => {
    expect(await devices(device)).toMatch(problem);
  });

  it("of a script that others may write is refused", async () => {
    const externalDirectory = await mkdtemp(join(tmpdir(), "fence-stonith-"));
    await writeFile(join(externalDirectory, "pdu"), "#!/bin/sh\n", { mode: 0o700 });
    await chmod(join(externalDirectory, "pdu"), 0o777);
    const problem = await problemWith({
      externalDirectory,
      devices: { rack: { type: "external/pdu", parameters: {} } },
    });
    await rm(externalDirectory, { recursive: true });
    expect(problem).toMatch(/others than its owner may write .*chmod go-w/);
  });
});
