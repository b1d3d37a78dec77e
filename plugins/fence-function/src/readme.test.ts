// The worker that README.md shows, at work: between a node and a cloud of our own on the loopback interface.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { NodeClock } from "@systole/core/node";
import { Clock, FenceDevice } from "@systole/sdk";
import { service, TestHost } from "@systole/sdk/testkit";
import { listen, type ListeningFunction } from "@systole/sdk/functions/node";
import { afterEach, beforeEach, expect, it } from "vitest";
import plugin from "./index.js";
import { KEY } from "./testing/cloud.js";
import worker from "./testing/worker.js";

const live = (): AbortSignal => new AbortController().signal;
const TOKEN = "token";

/** The interface of a cloud. A machine is off a moment after it was told to be. */
async function openInterface() {
  const power = new Map([["bravo", "on"]]);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const [, , node = "", wish] = (request.url ?? "").split("/");
    asked.push(`${request.method} ${request.url}`);
    const answer = { power: power.get(node) };
    if (wish !== undefined) setTimeout(() => power.set(node, wish), 20);
    const isAllowed = request.headers.authorization === `Bearer ${TOKEN}` && power.has(node);
    response.writeHead(isAllowed ? 200 : 403).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    power,
    asked,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

let cloud: ListeningFunction;
let api: Awaited<ReturnType<typeof openInterface>>;
beforeEach(async () => {
  process.env["FENCE_FUNCTION_TEST"] = KEY;
  api = await openInterface();
  const env = { SYSTOLE_KEY: KEY, CLOUD_API: api.url, CLOUD_TOKEN: TOKEN };
  cloud = await listen({ fetch: (request) => worker.fetch(request, env) }, { port: 0 });
});
afterEach(async () => {
  delete process.env["FENCE_FUNCTION_TEST"];
  await cloud.close();
  await api.close();
});

it("ends a machine, and says yes when the machine has stopped", async () => {
  const device = {
    url: cloud.url,
    key: { env: "FENCE_FUNCTION_TEST" },
    cluster: "web",
    hosts: ["bravo", "charlie"],
  };
  const services = [service(Clock, new NodeClock())];
  const host = await TestHost.boot(plugin, { config: { devices: { cloud: device } }, services });
  const fence = host.get(FenceDevice, "cloud");
  expect(await fence.status("bravo", live())).toBe("on");
  expect(await fence.execute("off", "bravo", live())).toEqual({ ok: true });
  expect(api.power.get("bravo")).toBe("off");
  expect(await fence.status("bravo", live())).toBe("off");
  expect(await fence.execute("off", "charlie", live())).toMatchObject({
    kind: "unknown-node",
    reason: "the function says: not one of ours",
  });
  expect(api.asked.filter((line) => line.startsWith("POST"))).toEqual(["POST /machines/bravo/off"]);
});

it("is what README.md shows", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const shown = /```ts\n([\s\S]*?)```/.exec(readme)?.[1];
  const file = await readFile(new URL("testing/worker.ts", import.meta.url), "utf8");
  const [, ...code] = file.split("\n");
  expect(shown).toBe(code.join("\n"));
});
