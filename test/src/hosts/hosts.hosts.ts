// The kits themselves: one small function on every host, and what each host does when the function misbehaves.
import { afterAll, describe, expect, it } from "vitest";
import { bundle } from "./bundle.js";
import type { FunctionHost } from "./host.js";
import { startLambda } from "./lambda-loop.js";
import { startNodeHost } from "./node-host.js";
import { startWorkerd, workerdMissing } from "./workerd.js";

const ECHO = `
  import { asLambda } from "@systole/core/http";
  const echo = async (request: Request): Promise<Response> => {
    if (new URL(request.url).pathname === "/throw") throw new Error("on purpose");
    return new Response(JSON.stringify({
      method: request.method,
      path: new URL(request.url).pathname + new URL(request.url).search,
      said: request.headers.get("x-said"),
      bytes: [...new Uint8Array(await request.arrayBuffer())],
    }), { status: 201, headers: { "content-type": "application/json", "x-answer": "yes" } });
  };
  export default { fetch: echo };
  export const handler = asLambda(echo);
  export const crash = () => process.exit(3);
  export const slow = () => new Promise((resolve) => setTimeout(resolve, 60000));
  export const count = () => (globalThis.calls = (globalThis.calls ?? 0) + 1);
`;

const COUNTER = `
  export class Counter {
    constructor(state) { this.state = state; }
    async fetch(request) {
      const times = ((await this.state.storage.get("times")) ?? 0) + 1;
      await this.state.storage.put("times", times);
      if (new URL(request.url).pathname === "/later") await this.state.storage.setAlarm(Date.now() + 50);
      return Response.json({ times, rang: (await this.state.storage.get("rang")) ?? 0 });
    }
    async alarm() { await this.state.storage.put("rang", 1); }
  }
  export default { fetch: (request, env) => env.COUNTER.get(env.COUNTER.idFromName("one")).fetch(request) };
`;

const missing = workerdMissing();
/** On a build server what is missing is an error; on a laptop it is left out, and the reason is the suite's name. */
const hasWorkerd = missing === undefined || process.env["CI"] === "true";

async function expectEcho(host: FunctionHost): Promise<void> {
  const response = await host.fetch("/there?q=1", {
    method: "POST",
    headers: { "x-said": "hello" },
    body: new Uint8Array([0, 200, 10, 255]),
  });
  expect(response.status).toBe(201);
  expect(response.headers.get("x-answer")).toBe("yes");
  expect(await response.json()).toEqual({
    method: "POST",
    path: "/there?q=1",
    said: "hello",
    bytes: [0, 200, 10, 255],
  });
  expect((await host.fetch("/throw")).status).toBeGreaterThanOrEqual(500);
  expect((await host.fetch("/after")).status).toBe(201);
}

describe("a function on Node", () => {
  it("answers, and survives an error of its own", async () => {
    const text = await bundle({ entry: ECHO, for: "node" });
    const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
      readonly default: { readonly fetch: (request: Request) => Promise<Response> };
    };
    const host = await startNodeHost((request) => module.default.fetch(request));
    await expectEcho(host);
    await host.close();
    await expect(host.fetch("/")).rejects.toThrow("fetch failed");
  });
});

describe("a function on the Lambda loop", () => {
  const started: FunctionHost[] = [];
  afterAll(async () => {
    await Promise.all(started.map((host) => host.close()));
  });
  const start = async (init: Partial<Parameters<typeof startLambda>[0]> = {}) => {
    const host = await startLambda({ script: await bundle({ entry: ECHO, for: "node" }), ...init });
    started.push(host);
    return host;
  };

  it("answers, and survives an error of its own", async () => {
    await expectEcho(await start());
  });

  it("runs one invocation at a time in an environment, and as many environments as are allowed", async () => {
    const one = await start({ handler: "count" });
    expect(await Promise.all([one.invoke({}), one.invoke({}), one.invoke({})])).toEqual([1, 2, 3]);
    const two = await start({ handler: "count", atOnce: 2 });
    expect(await Promise.all([two.invoke({}), two.invoke({})])).toEqual([1, 1]);
    await one.kill();
    expect(await one.invoke({})).toBe(1);
  });

  it("says what went wrong: a crash, a time-out, a handler that is not there", async () => {
    const crash = await start({ handler: "crash" });
    await expect(crash.invoke({})).rejects.toMatchObject({ errorType: "Runtime.ExitError" });
    await expect(crash.invoke({})).rejects.toMatchObject({ errorType: "Runtime.ExitError" });
    const slow = await start({ handler: "slow", timeoutMs: 300 });
    await expect(slow.invoke({})).rejects.toMatchObject({ errorType: "Sandbox.Timedout" });
    const absent = await start({ handler: "absent" });
    await expect(absent.invoke({})).rejects.toThrow("does not export a function absent");
  });
});

describe.runIf(hasWorkerd)(`a function in workerd${missing === undefined ? "" : ` (${missing})`}`, () => {
  it("answers, and survives an error of its own", async () => {
    const host = await startWorkerd({ script: await bundle({ entry: ECHO, for: "workers" }) });
    await expectEcho(host);
    await host.close();
    await expect(host.fetch("/")).rejects.toThrow("fetch failed");
  });

  it("keeps a Durable Object, and rings its alarm", async () => {
    const host = await startWorkerd({ script: COUNTER, durableObjects: { COUNTER: "Counter" } });
    expect(await (await host.fetch("/later")).json()).toEqual({ times: 1, rang: 0 });
    await expect.poll(async () => await (await host.fetch("/")).json()).toMatchObject({ rang: 1 });
    await host.close();
  });
});

describe("a bundle for Workers", () => {
  it("is refused when something in it needs Node, and names the files", async () => {
    const entry = `import { hostname } from "node:os"; export default hostname; export * from "@systole/core/node";`;
    await expect(bundle({ entry, for: "workers" })).rejects.toThrow(/node:os: imported by the entry/);
    await expect(bundle({ entry, for: "workers" })).rejects.toThrow(
      /node:fs\S*: imported by core\/src\/host\/\S+, imported by core\/src\/host\/node.ts, imported by the entry/,
    );
  });
});
