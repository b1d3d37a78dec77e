// Device and served device together, over real HTTP on the loopback interface; and what stands between them lies.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeClock } from "@systole/core/node";
import { Clock, FenceDevice } from "@systole/sdk";
import { contractFor, runContract, service, TestHost } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ServeOptions } from "@systole/sdk/functions";
import plugin from "./index.js";
import { KEY, openCloud, type Cloud } from "./testing/cloud.js";

const live = (): AbortSignal => new AbortController().signal;
const HOUR_MS = 3_600_000;

/** Tells the right time, and waits for nothing. */
class HurriedClock extends NodeClock {
  override wakeAt(_atMs: number, wake: () => void): () => void {
    return super.wakeAt(this.nowMs(), wake);
  }
}

let cloud: Cloud;
beforeEach(async () => {
  process.env["FENCE_FUNCTION_TEST"] = KEY;
  cloud = await openCloud();
});
afterEach(async () => {
  delete process.env["FENCE_FUNCTION_TEST"];
  await cloud.close();
});

async function again(init: ServeOptions): Promise<void> {
  await cloud.close();
  cloud = await openCloud(init);
}

async function boot(settings: object = {}): Promise<TestHost> {
  const device = {
    url: cloud.url,
    key: { env: "FENCE_FUNCTION_TEST" },
    cluster: "web",
    hosts: ["one", "two"],
    ...settings,
  };
  return TestHost.boot(plugin, {
    config: { devices: { cloud: device } },
    services: [service(Clock, new HurriedClock())],
  });
}

const open = async (settings: object = {}) => (await boot(settings)).get(FenceDevice, "cloud");

it("keeps the contract", async () => {
  const results = await runContract(contractFor("fence-device"), {
    open: async () => {
      await again({});
      const { machines } = cloud;
      return {
        device: await open(),
        node: "one",
        bystander: "two",
        observe: async (node: string) => machines.machines.get(node)?.power ?? "off",
        boots: async (node: string) => machines.machines.get(node)?.boots ?? 0,
        break: async () => void (machines.mood = "broken"),
        stall: async () => void (machines.mood = "stalled"),
      };
    },
  });
  expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
});

describe("a call", () => {
  it("that fails on its way is repeated under its id, and done once", async () => {
    let answers = 0;
    cloud.after = (response) => {
      answers += 1;
      return answers === 1 ? new Response("try again", { status: 503 }) : response;
    };
    const host = await boot();
    expect(await host.get(FenceDevice, "cloud").execute("reset", "one", live())).toEqual({ ok: true });
    expect(answers).toBe(2);
    expect(cloud.machines.done).toEqual(["reset one"]);
    expect(host.log.of("fence.call-repeated")).toMatchObject([
      { fields: { attempts: 1, reason: "it answers with HTTP 503" } },
    ]);
  });

  it("that comes a second time is another one", async () => {
    const device = await open();
    await device.execute("off", "one", live());
    await device.execute("on", "one", live());
    await device.execute("off", "one", live());
    expect(cloud.machines.done).toEqual(["off one", "on one", "off one"]);
  });

  it.each([HOUR_MS, -HOUR_MS])("works though the function's clock is %i ms off", async (offMs) => {
    await again({ nowMs: () => Date.now() + offMs });
    expect(await (await open()).execute("off", "one", live())).toEqual({ ok: true });
    expect(cloud.machines.done).toEqual(["off one"]);
  });

  it("that nobody answers has failed, and says so", async () => {
    const device = await open({ timeoutMs: 50 });
    cloud.before = () => new Promise(() => undefined);
    expect(await device.execute("off", "one", live())).toMatchObject({
      ok: false,
      kind: "timeout",
      reason: expect.stringMatching(/^no answer: /) as string,
    });
    expect(await device.status("one", live())).toBe("unknown");
  });

  it("that has waited long enough for its answer has failed", async () => {
    cloud.machines.mood = "stalled";
    const device = await open();
    expect(await device.execute("off", "one", AbortSignal.timeout(100))).toMatchObject({ kind: "timeout" });
  });
});

describe("an answer", () => {
  const dressed = (response: Response, body: string) =>
    new Response(body, { status: response.status, headers: response.headers });
  it.each([
    ["is not signed", () => new Response('{"ok":true}'), /not signed with our key for this call/],
    ["is nonsense", () => new Response("<html>OK</html>"), /not signed/],
    ["is another call's", (response: Response) => dressed(response, '{"ok":true}'), /not signed/],
    ["is a 403", () => new Response("no", { status: 403 }), /HTTP 403/],
  ])("that %s is a failure", async (_what, forge, reason) => {
    cloud.machines.mood = "broken";
    cloud.after = forge;
    const result = await (await open()).execute("off", "one", live());
    expect(result).toMatchObject({ ok: false, reason: expect.stringMatching(reason) as string });
    expect(await (await open()).status("one", live())).toBe("unknown");
  });

  it.each([[{ ok: "yes" }], [{ ok: false, kind: "odd", reason: "" }], [[]], [undefined]])(
    "that is well signed and makes no sense is a failure: %j",
    async (nonsense) => {
      cloud.machines.execute = () => Promise.resolve(nonsense as never);
      const result = await (await open()).execute("off", "one", live());
      expect(result).toMatchObject({ ok: false, kind: "error" });
    },
  );

  it("that the device has failed is not asked for again, and told in its own words", async () => {
    cloud.machines.mood = "broken";
    const answers: number[] = [];
    cloud.after = (response) => {
      answers.push(response.status);
      return response;
    };
    expect(await (await open()).execute("off", "one", live())).toEqual({
      ok: false,
      kind: "error",
      reason: "the function says: the cloud's interface refuses",
    });
    expect(answers).toEqual([200]);
  });
});

describe("a function", () => {
  it("with several devices is told which", async () => {
    const device = await open({ device: "machines" });
    expect(await device.execute("off", "one", live())).toEqual({ ok: true });
    const other = await open({ device: "other" });
    expect(await other.execute("off", "one", live())).toMatchObject({
      ok: false,
      kind: "error",
      reason: 'the function refuses the call: this function has not fence-device "other": it has machines',
    });
  });
});

describe("the key", () => {
  it("that the function does not have is told apart, and never said", async () => {
    await again({ keyOf: () => "another key, which is as long as the first" });
    const result = await (await open()).execute("off", "one", live());
    expect(result).toMatchObject({
      ok: false,
      kind: "error",
      reason: "it answers with HTTP 401: has it the same key as this node?",
    });
    expect(cloud.machines.done).toEqual([]);
  });

  it("comes from a file that nobody else may read", async () => {
    const directory = await mkdtemp(join(tmpdir(), "fence-function-"));
    const file = join(directory, "key");
    await writeFile(file, `${KEY}\n`, { mode: 0o600 });
    const device = await open({ key: { file } });
    expect(await device.execute("off", "one", live())).toEqual({ ok: true });
    await rm(directory, { recursive: true });
    const result = await device.execute("off", "one", live());
    expect(result).toMatchObject({ ok: false, kind: "error" });
    expect(JSON.stringify(result)).not.toContain(KEY);
  });

  it("that is short, or written out, is refused", async () => {
    process.env["FENCE_FUNCTION_TEST"] = "short";
    expect(await (await open()).execute("off", "one", live())).toMatchObject({
      ok: false,
      kind: "error",
      reason: "the key has fewer than 32 characters",
    });
    await expect(open({ key: KEY })).rejects.toThrow(/must say where the key is/);
  });
});

it.each([
  [{ url: "ftp://x" }, /url: must begin with https/],
  [{ hosts: [] }, /hosts: must name a node/],
  [{ timeoutMs: 0 }, /timeoutMs/],
])("the configuration %j is refused", async (settings, problem) => {
  await expect(open(settings)).rejects.toThrow(problem);
});
