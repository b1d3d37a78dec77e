// Do agents of Debian's package, unmodified, keep the contract of fence devices? What is behind them are files.
import { NodeProcesses } from "@systole/core/node";
import { contractFor, runContract, type FenceDeviceSubject } from "@systole/sdk/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFile, writeFile } from "node:fs/promises";
import { hasPackage, openControllers, type ManagementControllers } from "./testing/management-controllers.js";
import { deviceOpener } from "./testing/open-device.js";

const { openDevice, problemWith } = deviceOpener(new NodeProcesses());
const live = (): AbortSignal => new AbortController().signal;
const machines: Readonly<Record<string, string>> = { one: "192.0.2.1", two: "192.0.2.2" };
const addressOf = (node: string): string => machines[node] ?? "";

let controllers: ManagementControllers;
beforeAll(async () => void (controllers = await openControllers(...Object.values(machines))));
afterAll(() => controllers.close());

async function failures(subject: FenceDeviceSubject): Promise<readonly string[]> {
  const results = await runContract(contractFor("fence-device"), {
    open: async () => {
      await controllers.reset();
      return subject;
    },
  });
  return results.flatMap(({ id, outcome, reason }) => (outcome === "failed" ? [`${id}: ${reason}`] : []));
}

describe.runIf(hasPackage)("fence_ipmilan", () => {
  const openIpmi = () =>
    openDevice({
      agent: "fence_ipmilan",
      parameters: {
        ipmitool_path: controllers.ipmitool,
        username: "admin",
        password: "letmein",
        power_wait: 0,
        stonith_status_sleep: 0,
      },
      hosts: { one: { ip: "192.0.2.1" }, two: { ip: "192.0.2.2" } },
    });

  it("keeps the contract, with a management controller for each node", async () => {
    const subject = {
      device: await openIpmi(),
      node: "one",
      bystander: "two",
      observe: (node: string) => controllers.power(addressOf(node)),
      boots: (node: string) => controllers.boots(addressOf(node)),
      break: () => controllers.let("broken"),
      stall: () => controllers.let("stalled"),
    };
    expect(await failures(subject)).toEqual([]);
  }, 40_000);
});

describe.runIf(hasPackage)("fence_dummy", () => {
  it("keeps the contract, with a file for each node", async () => {
    const file = (node: string): string => controllers.at(`${node}.dummy`);
    const own = (node: string) => ({ status_file: file(node) });
    const device = await openDevice({
      agent: "fence_dummy",
      parameters: { stonith_status_sleep: 0 },
      hosts: { one: own("one"), two: own("two") },
    });
    const results = await runContract(contractFor("fence-device"), {
      open: async () => {
        for (const node of ["one", "two"]) await writeFile(file(node), "on");
        return {
          device,
          node: "one",
          bystander: "two",
          observe: async (node: string) => ((await readFile(file(node), "utf8")) === "on" ? "on" : "off"),
        };
      },
    });
    expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  }, 40_000);

  it("whose outlet does not obey has not answered ok", async () => {
    const device = await openDevice({
      agent: "fence_dummy",
      parameters: { type: "fail", power_timeout: 1, stonith_status_sleep: 0 },
      hosts: { one: {} },
    });
    expect(await device.execute("off", "one", live())).toMatchObject({ ok: false });
  });
});

describe.runIf(hasPackage)("the configuration", () => {
  it.each([
    [
      { agent: "fence_ipmilan", parameters: { usrname: "x" }, hosts: { one: {} } },
      /no parameter usrname; did you mean "username"\?/,
    ],
    [
      { agent: "fence_ipmilam", hosts: { one: {} } },
      /no agent fence_ipmilam in \/usr\/sbin; did you mean "fence_ipmilan"\?/,
    ],
    [
      { agent: "fence_apc", parameters: { username: "x" } },
      /devices\.rack: fence_apc needs the parameter ip$/,
    ],
    [{ agent: "fence_ipmilan" }, /fence_ipmilan cannot list its plugs: write `hosts`/],
    [{ agent: "fence_dummy", hosts: { one: "3" } }, /hosts\.one: fence_dummy knows no plugs/],
    [
      { agent: "fence_apc", parameters: { ip: "x", login: "x", plug: "3" } },
      /plug is said by Systole: .*under hosts/,
    ],
    [
      { agent: "fence_apc", parameters: { ip: "x", login: "x" }, hosts: { one: {} } },
      /hosts\.one: fence_apc needs to know the plug/,
    ],
    [
      { agent: "fence_heuristics_ping", hosts: { one: {} } },
      /cannot be used: its yes says that a host answers a ping/,
    ],
    [{ agent: "fence_ack_manual", hosts: { one: {} } }, /use the plugin fence-meatware instead/],
    [{ agent: "ipmilan" }, /must be an agent, such as fence_ipmilan/],
    [{ agent: "fence_apc", parameters: { ip: "a\nb" } }, /parameters: ip: must be one line/],
  ])("%j is refused", async (device, problem) => {
    expect(await problemWith(device)).toMatch(problem);
  });

  it.each([
    { agent: "fence_apc", parameters: { ip: "192.0.2.9", login: "apc", passwd: "apc" } },
    { agent: "fence_apc", parameters: { ipaddr: "192.0.2.9", username: "apc" }, hosts: { one: 3 } },
    { agent: "fence_kdump", hosts: { one: {} } },
  ])("%j is taken, by new names and by old ones", async (device) => {
    expect(await problemWith(device)).toBe("");
  });
});
