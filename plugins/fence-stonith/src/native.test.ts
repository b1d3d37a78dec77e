// The program `stonith` of cluster-glue, with the types of its own that need no device.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeProcesses } from "@systole/core/node";
import { FenceDevice } from "@systole/sdk";
import { contractFor, runContract } from "@systole/sdk/testkit";
import { describe, expect, it } from "vitest";
import { nativeResult } from "./result-codes.js";
import { hasPackage } from "./testing/hypervisor.js";
import { deviceOpener } from "./testing/open-device.js";

const { bootDevices, openDevice, problemWith } = deviceOpener(new NodeProcesses());
const live = (): AbortSignal => new AbortController().signal;

describe.runIf(hasPackage)("stonith -t null", () => {
  it("keeps the contract as far as it can be seen", async () => {
    const results = await runContract(contractFor("fence-device"), {
      open: async () => ({
        device: await openDevice({ type: "null", parameters: { hostlist: "one two" } }),
        node: "one",
        bystander: "two",
      }),
    });
    expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === "passed").map(({ id }) => id)).toContain(
      "unknown-node",
    );
  });

  it("takes its parameters in order, from the configuration and from a file as heartbeat has it", async () => {
    const directory = await mkdtemp(join(tmpdir(), "fence-stonith-"));
    const configFile = join(directory, "null.cfg");
    await writeFile(configFile, "# hosts\none two\n", { mode: 0o644 });
    const host = await bootDevices({
      devices: {
        words: { type: "null", parameters: "one two" },
        file: { type: "null", configFile },
      },
    });
    for (const name of ["words", "file"])
      expect(await host.get(FenceDevice, name).list(live())).toEqual(["one", "two"]);
    await rm(directory, { recursive: true });
    expect(host.log.of("fence.secrets-exposed")).toMatchObject([{ fields: { file: configFile } }]);
    await expect(host.get(FenceDevice, "file").list(live())).rejects.toThrow(/null\.cfg/);
  });

  it("is refused with a parameter that it does not have, and without one that it has", async () => {
    const problem = (device: object) => problemWith({ devices: { rack: device } });
    expect(await problem({ type: "null", parameters: { hostlists: "one" } })).toMatch(
      /null has no parameter hostlists; did you mean "hostlist"\?/,
    );
    expect(await problem({ type: "nul", parameters: {} })).toMatch(/has no type nul; did you mean "null"\?/);
    const none = { program: "/no/stonith", devices: { rack: { type: "null", parameters: {} } } };
    expect(await problemWith(none)).toMatch(/install the package cluster-glue/);
  });

  it("that is not for this node is not judged", async () => {
    expect(await problemWith({ devices: { rack: { type: "nul", from: "elsewhere", parameters: {} } } })).toBe(
      "",
    );
  });
});

describe.runIf(hasPackage)("a native type", () => {
  it("that does not reach its device has failed, and says why", async () => {
    const device = await openDevice({
      type: "nw_rpc100s",
      parameters: { ttydev: "/no/such", hostlist: "one" },
    });
    expect(await device.execute("off", "one", live())).toMatchObject({
      ok: false,
      kind: "error",
      reason: expect.stringMatching(/^stonith exited with 8, something unexpected happened/) as string,
    });
  });

  it("is given its password in the environment, and needs it", async () => {
    const device = await openDevice({
      type: "drac3",
      parameters: { host: "127.0.0.1:1", login: "root", password: { env: "FENCE_STONITH_TEST" } },
    });
    await expect(device.list(live())).rejects.toThrow(/parameter password: .*FENCE_STONITH_TEST is not set/);
    process.env["FENCE_STONITH_TEST"] = "hunter2";
    const listed = await device.list(live());
    const result = await device.execute("reset", "127.0.0.1:1", live());
    delete process.env["FENCE_STONITH_TEST"];
    expect(listed).toEqual(["127.0.0.1:1"]);
    expect(result).toMatchObject({ ok: false });
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });
});

describe("an exit code", () => {
  it.each([
    [0, "off", { ok: true }],
    [7, "reset", { ok: true }],
    [7, "on", { ok: false, kind: "error" }],
    [4, "off", { ok: false, kind: "unknown-node" }],
    [6, "reset", { ok: false, kind: "timeout" }],
    [5, "off", { ok: false, kind: "error" }],
    [255, "off", { ok: false, kind: "error" }],
  ] as const)("%i of %s", (code, action, result) => {
    expect(nativeResult(code, action, "")).toMatchObject(result);
  });
});
