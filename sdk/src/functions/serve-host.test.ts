// What `serve` finds around it: keys, a configuration, a host.
import { AgentCatalogue, FenceDevice, Processes, ResourceAgent } from "@systole/core/ports";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { definePlugin } from "../define-plugin.js";
import type { WithoutTime } from "./function-client.js";
import { listen } from "./node.js";
import { serve } from "./serve.js";
import { ask, begin, connect, end, KEY, lamp, logged, resource, start } from "./testing/lamp.js";

beforeEach(begin);
afterEach(end);

describe("its keys", () => {
  it("let each cluster in by its own", async () => {
    connect();
    const mail = { keyName: "mail", key: KEY.replace("key", "KEY") };
    expect(await ask(start, mail)).toMatchObject({ ok: true });
    expect(await ask(start, { ...mail, key: KEY })).toMatchObject({ kind: "failed", again: false });
    expect(await ask(start, { keyName: "dns" })).toMatchObject({ kind: "failed", again: false });
    connect(lamp, {}, { SYSTOLE_KEY: KEY });
    expect(await ask(start, { keyName: "dns" })).toMatchObject({ ok: true });
  });

  it.each([
    [{}, /the function has no key: set SYSTOLE_KEY/],
    [{ SYSTOLE_KEY: "short" }, /SYSTOLE_KEY has fewer than 32 characters/],
    [{ SYSTOLE_KEYS: "web=short" }, /the key of web has fewer than 32/],
    [{ SYSTOLE_KEYS: KEY }, /not NAME=KEY/],
  ])("that are %j let nobody in, and its log says why", async (env, reason) => {
    connect(lamp, {}, env);
    expect(await ask(start)).toMatchObject({ kind: "failed", reason: "it answers with HTTP 500" });
    expect(logged.join()).toMatch(reason);
    expect(logged.join()).not.toContain(KEY);
  });
});

describe("its configuration", () => {
  const config = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value: unknown) =>
        typeof value === "string" ? { value } : { issues: [{ message: "write a word", path: ["word"] }] },
    },
  } as const;
  const echo = definePlugin({
    name: "echo",
    runtimes: ["node"],
    config,
    register: (host, word) =>
      host.provide(FenceDevice, "echo", {
        inject: [],
        create: () => ({
          list: async () => [word],
          status: async () => "off" as const,
          execute: async () => ({ ok: true }) as const,
        }),
      }),
  });
  const list: WithoutTime = { port: "fence-device", operation: "list", node: "" };

  it("is the cluster's own", async () => {
    connect(
      echo,
      { config: (env, cluster) => `${String(env["WORD"])} for ${cluster}`, keyOf: () => KEY },
      { WORD: "a" },
    );
    expect(await ask(list)).toEqual({ nodes: ["a for web"] });
    expect(await ask(list, { keyName: "mail" })).toEqual({ nodes: ["a for mail"] });
  });

  it("comes from SYSTOLE_CONFIG; when it is wrong the log says so", async () => {
    connect(echo, {}, { SYSTOLE_KEY: KEY, SYSTOLE_CONFIG: '"b"' });
    expect(await ask(list)).toEqual({ nodes: ["b"] });
    connect(echo, {}, { SYSTOLE_KEY: KEY });
    expect(await ask(list)).toMatchObject({ kind: "failed", reason: "it answers with HTTP 500" });
    expect(logged.join()).toContain("Configuration of echo: word: write a word");
  });
});

describe("a host", () => {
  it("that the plugin does not run on is refused at once", () => {
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
    expect(() => serve(lamp)).toThrow(
      'lamp runs on node, lambda, and this is workers. If it needs nothing that workers does not have, add "workers" to its runtimes.',
    );
    expect(() => serve(lamp, { runtime: "workers" })).toThrow(/PLUGIN_RUNTIME|workers/);
    vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "lamp");
    vi.stubGlobal("navigator", undefined);
    expect(() => serve(lamp)).not.toThrow();
  });

  it("that has not what a plugin wants says so in its log", async () => {
    const wanting = definePlugin({
      name: "wanting",
      runtimes: ["node"],
      register: (host) =>
        host.provide(ResourceAgent, "lamp", { inject: [Processes], create: () => ({}) as never }),
    });
    connect(wanting);
    expect(await ask(start)).toMatchObject({ reason: "it answers with HTTP 500" });
    expect(logged.join()).toContain("wants processes@");
    expect(logged.join()).toContain("pass it to serve, as services");
  });

  it("that is Lambda brings events", async () => {
    const served = serve(lamp, { keyOf: () => KEY });
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      const request = new Request(url, init);
      const answer = await served.handler({
        rawPath: "/",
        rawQueryString: "",
        headers: Object.fromEntries(request.headers),
        body: btoa(await request.text()),
        isBase64Encoded: true,
        requestContext: { http: { method: "POST" } },
      });
      return new Response(answer.body, { status: answer.statusCode, headers: answer.headers });
    });
    expect(await ask(start)).toEqual({ ok: true, state: "running" });
  });

  it("that is a machine of one's own serves over HTTP, and does not read what is too long", async () => {
    const listening = await listen(serve(lamp, { keyOf: () => KEY }), { port: 0 });
    expect(await ask(start, { url: `${listening.url}/here?stage=1` })).toEqual({
      ok: true,
      state: "running",
    });
    const long = await fetch(listening.url, { method: "POST", body: "x".repeat(200_000) });
    expect([long.status, long.headers.get("connection")]).toEqual([413, "close"]);
    expect((await fetch(listening.url)).status).toBe(405);
    await listening.close();
    await expect(listen(serve(lamp), { port: 0, address: "192.0.2.1" })).rejects.toThrow(/EADDRNOTAVAIL/);
  });

  it("that is a worker waits for what has begun, also when the node has hung up", async () => {
    const waited: Promise<unknown>[] = [];
    const served = serve(lamp, { keyOf: () => KEY });
    const response = served.fetch(new Request("https://x/"), {}, { waitUntil: (work) => waited.push(work) });
    expect((await response).status).toBe(405);
    expect(waited).toHaveLength(1);
  });
});

it("describes an agent as its catalogue does", async () => {
  const described = definePlugin({
    name: "described",
    runtimes: ["node"],
    register(host) {
      host.provide(ResourceAgent, "sun", { inject: [], create: () => ({}) as never });
      host.provide(AgentCatalogue, "sun", {
        inject: [],
        create: () => ({
          list: async () => ["sun"],
          describe: async (args) => ({ ok: false, reason: `no ${args.join()}` }),
        }),
      });
    },
  });
  connect(described);
  expect(await ask({ port: "resource-agent", operation: "describe", resource })).toEqual({
    ok: false,
    reason: "no lamp",
  });
});
