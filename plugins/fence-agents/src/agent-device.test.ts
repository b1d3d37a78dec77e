// How an agent is called, and what is made of its answers: agents of our own making say what they were told.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NodeProcesses } from "@systole/core/node";
import type { FenceDevice } from "@systole/sdk";
import { afterEach, describe, expect, it } from "vitest";
import { deviceOpener } from "./testing/open-device.js";
import { writeAgent } from "./testing/write-agent.js";

const { openDevice, problemWith } = deviceOpener(new NodeProcesses());
const live = (): AbortSignal => new AbortController().signal;
const ALL = ["on", "off", "reboot", "status", "list"];
const RECORD = `
{ echo "$input"; echo "arguments: $*"; } >> "$here/calls"; env > "$here/environment"; cat /proc/$$/cmdline >> "$here/cmdline"
`;

let closing: (() => Promise<void>) | undefined;
afterEach(async () => {
  await closing?.();
  closing = undefined;
});

async function open(
  agent: Parameters<typeof writeAgent>[0],
  settings: object,
): Promise<{ readonly device: FenceDevice; readonly directory: string }> {
  const { directory, close } = await writeAgent(agent);
  closing = close;
  return { directory, device: await openDevice({ agent: "fence_own", ...settings }, directory) };
}

describe("an agent", () => {
  it("is told everything on its standard input, and nothing elsewhere", async () => {
    const { device, directory } = await open(
      { parameters: ["ip", "password", "plug"], actions: ALL, body: `${RECORD} exit 0` },
      { parameters: { ip: "192.0.2.7", password: { env: "FENCE_AGENTS_TEST" } }, hosts: { one: "7" } },
    );
    process.env["FENCE_AGENTS_TEST"] = "hunter2";
    expect(await device.execute("reset", "one", live())).toEqual({ ok: true });
    delete process.env["FENCE_AGENTS_TEST"];
    const seen = (name: string) => readFile(join(directory, name), "utf8");
    expect(await seen("calls")).toBe("ip=192.0.2.7\npassword=hunter2\nplug=7\naction=reboot\narguments: \n");
    expect(await seen("environment")).not.toContain("hunter2");
    expect(await seen("cmdline")).not.toContain("hunter2");
  });

  it("that prints its password has it hidden", async () => {
    const { device, directory } = await open(
      { parameters: ["password", "plug"], actions: ALL, body: 'echo "$input" >&2; exit 3' },
      { parameters: { password: { file: "/to/be/replaced" } }, hosts: { one: "7" } },
    );
    expect(await device.execute("off", "one", live())).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^parameter password: \/to\/be\/replaced cannot be read/) as string,
    });
    await writeFile(join(directory, "secret"), "hunter2\n", { mode: 0o600 });
    const settings = { parameters: { password: { file: join(directory, "secret") } }, hosts: { one: "7" } };
    const next = await openDevice({ agent: "fence_own", ...settings }, directory);
    const result = await next.execute("off", "one", live());
    expect(result).toMatchObject({ ok: false, kind: "error" });
    expect(JSON.stringify(result)).toContain(
      "off exited with 3, the device does not let us in: password=*** | plug=7",
    );
  });

  it("is not called with a value that would be a line of its own", async () => {
    const { device, directory } = await open(
      { parameters: ["password", "plug"], actions: ALL, body: `${RECORD} exit 0` },
      { parameters: { password: { env: "FENCE_AGENTS_TEST" } }, hosts: { one: "7" } },
    );
    process.env["FENCE_AGENTS_TEST"] = "x\naction=on";
    const result = await device.execute("off", "one", live());
    delete process.env["FENCE_AGENTS_TEST"];
    expect(result).toEqual({
      ok: false,
      kind: "error",
      reason: "the value of password has more than one line",
    });
    await expect(readFile(join(directory, "calls"))).rejects.toThrow(/ENOENT/);
  });

  it("that lists its plugs finds a node by its alias or its plug, and none that is not plain", async () => {
    const { device, directory } = await open(
      {
        parameters: ["plug"],
        actions: ALL,
        body: `[ "$action" = list ] && { printf '1,alpha\\n2,bravo\\n3,twin\\n4,twin\\n5\\n'; exit 0; }\n${RECORD}`,
      },
      {},
    );
    expect(await device.list(live())).toEqual(["1", "alpha", "2", "bravo", "3", "4", "5"]);
    expect(await device.execute("off", "bravo", live())).toEqual({ ok: true });
    expect(await readFile(join(directory, "calls"), "utf8")).toContain("plug=2\naction=off\n");
    expect(await device.execute("off", "5", live())).toEqual({ ok: true });
    expect(await device.execute("off", "twin", live())).toMatchObject({ ok: false, kind: "unknown-node" });
  });

  it("whose list fails has failed, and not never heard of the node", async () => {
    const { device } = await open({ parameters: ["plug"], actions: ALL, body: "exit 4" }, {});
    expect(await device.execute("off", "one", live())).toMatchObject({ ok: false, kind: "error" });
    await expect(device.list(live())).rejects.toThrow(
      /fence_own list exited with 4, the connection was lost/,
    );
  });

  it("that has no reboot is asked for off and on; that on fails does not undo the off", async () => {
    const body = `${RECORD}[ "$action" = off ]`;
    const { device, directory } = await open(
      { parameters: ["plug"], actions: ["on", "off"], body },
      { hosts: { one: "1" } },
    );
    expect(await device.execute("reset", "one", live())).toEqual({ ok: true });
    const calls = await readFile(join(directory, "calls"), "utf8");
    expect([...calls.matchAll(/action=(\w+)/g)].map(([, action]) => action)).toEqual(["off", "on"]);
    expect(await device.execute("on", "one", live())).toMatchObject({ ok: false, kind: "error" });
  });

  it("that lacks an action does not get another one", async () => {
    const { device, directory } = await open(
      { parameters: ["plug"], actions: ["reboot"], body: `${RECORD} exit 0` },
      { hosts: { one: "1" } },
    );
    expect(await device.execute("off", "one", live())).toMatchObject({ ok: false, kind: "error" });
    await expect(readFile(join(directory, "calls"))).rejects.toThrow(/ENOENT/);
  });

  it.each([
    [0, "on"],
    [2, "off"],
    [1, "unknown"],
    [5, "unknown"],
  ])("with status %i says %s", async (code, power) => {
    const { device } = await open(
      { parameters: ["plug"], actions: ALL, body: `exit ${code}` },
      { hosts: { one: "1" } },
    );
    expect(await device.status("one", live())).toBe(power);
  });

  it.each([
    [2, "error"],
    [5, "timeout"],
    [7, "timeout"],
    [8, "error"],
  ])("whose off ends with %i has answered %s", async (code, kind) => {
    const { device } = await open(
      { parameters: ["plug"], actions: ALL, body: `exit ${code}` },
      { hosts: { one: "1" } },
    );
    expect(await device.execute("off", "one", live())).toMatchObject({ ok: false, kind });
  });

  it("that is gone since has failed", async () => {
    const { device, directory } = await open(
      { parameters: ["plug"], actions: ALL, body: "exit 0" },
      { hosts: { one: "1" } },
    );
    await rm(join(directory, "fence_own"));
    expect(await device.execute("off", "one", live())).toMatchObject({ ok: false, kind: "error" });
    expect(await device.status("one", live())).toBe("unknown");
  });
});

it("what does not describe itself is refused", async () => {
  const { directory, close } = await writeAgent({ parameters: [], actions: [], body: "" });
  await writeFile(join(directory, "fence_own"), "#!/bin/sh\necho hello\n", { mode: 0o755 });
  const hosts = { one: {} };
  expect(await problemWith({ agent: "fence_own", hosts }, directory)).toMatch(/it printed no XML/);
  await writeFile(join(directory, "fence_own"), "#!/bin/sh\nexit 9\n", { mode: 0o755 });
  expect(await problemWith({ agent: "fence_own", hosts }, directory)).toMatch(
    /fence_own does not describe itself/,
  );
  await close();
});
