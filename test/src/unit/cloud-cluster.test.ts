// Two whole nodes that share a floating IP: the runtime, the function plugins by their addresses, the served example, and a
// stand-in of the provider. One node dies: the other switches it off, takes the address, and says so.
import agentFunction from "@systole/agent-function";
import authClassic from "@systole/auth-classic";
import { createCluster, fencingBy, type Cluster, type ClusterModel } from "@systole/core";
import { Notifier, Transport, type Plugin } from "@systole/core/ports";
import hetzner from "@systole/example-cloud-functions/hetzner";
import fenceFunction from "@systole/fence-function";
import notifierFunction from "@systole/notifier-function";
import { definePlugin } from "@systole/sdk";
import { serve } from "@systole/sdk/functions";
import { listen, type ListeningFunction } from "@systole/sdk/functions/node";
import { MemoryHub, MemoryStore, RealClock, RecordingLogger } from "@systole/sdk/testkit";
import { afterEach, expect, it } from "vitest";
import { KEY, keysOf } from "../clouds/daemon-side.js";
import { openHetzner } from "../clouds/hetzner.js";

const CLUSTER = crypto.randomUUID();
const NODES = ["alpha", "bravo"];
const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

async function open(fetch: (request: Request) => Promise<Response>): Promise<ListeningFunction> {
  const listening = await listen({ fetch }, { port: 0 });
  opened.push(() => listening.close());
  return listening;
}

function model(self: string, url: string, pager: string): ClusterModel {
  const place = { key: { env: "CLOUD_FUNCTIONS_TEST" }, cluster: CLUSTER };
  const agents = { "function:ip": { url, ...place, agent: "floating-ip" } };
  const timings = { keepaliveMs: 100, warnMs: 500, deadMs: 1000, initialDeadMs: 1500 };
  const rules = { delayMs: {}, priorityDelayMs: 0, retryMs: 5000, longestRetryMs: 60_000, attempts: 0 };
  return {
    self,
    nodes: NODES,
    pingNodes: [],
    timings: { ...timings, pingDeadMs: 1000, maxRetransmitDelayMs: 250 },
    hopFudge: 1,
    innerSignature: true,
    groups: [{ key: "ip", home: "alpha", resources: [{ name: "ip", agent: "function:ip" }] }],
    resources: [{ name: "ip", args: [], parameters: { id: "4711" } }],
    failback: "on",
    ipfail: false,
    operationTimeoutMs: {
      start: 10_000,
      stop: 10_000,
      status: 5000,
      announce: 1000,
      warm: 1000,
      elsewhere: 5000,
    },
    requestTimeoutMs: 5000,
    plugins: [
      { use: "auth-classic", with: { sign: 3, keys: [{ index: 3, method: "md5", key: "Hello!" }] } },
      { use: "memory" },
      { use: "agent-function", with: { agents } },
      { use: "fence-function", with: { devices: { power: { url, ...place, hosts: NODES } } } },
      { use: "notifier-function", with: { functions: { pager: { url: pager, ...place } } } },
    ],
    providers: {
      membership: "heartbeat",
      policy: "haresources",
      authenticator: "classic",
      transports: ["memory"],
      notifiers: ["pager"],
      fenceDevices: ["power"],
      services: {},
    },
    fencing: { ...fencingBy(["power"], rules), action: "off" },
  };
}

async function startNode(self: string, hub: MemoryHub, of: ClusterModel): Promise<Cluster> {
  const memory: Plugin = definePlugin({
    name: "memory",
    runtimes: ["node"],
    register: (host) =>
      host.provide(Transport, "memory", { inject: [], create: () => hub.transport(self, "eth0") }),
  });
  const cluster = await createCluster(
    of,
    [authClassic, memory, agentFunction, fenceFunction, notifierFunction],
    {
      runtime: "node",
      clock: new RealClock(),
      logger: new RecordingLogger(),
      store: new MemoryStore(),
      processes: { run: () => Promise.reject(new Error("no programs here")) },
      randomBytes: (count) => new Uint8Array(count).fill(self.length),
    },
  );
  await cluster.start(new AbortController().signal);
  return cluster;
}

it("a node that falls silent is switched off by the function, and its address taken by the other", async () => {
  const cloud = await openHetzner();
  opened.push(() => cloud.close());
  cloud.state.slowMs = 100;
  const config = { api: cloud.url, nodes: { alpha: 42, bravo: 43 }, floatingIps: [4711], lookEveryMs: 20 };
  const env = { ...keysOf(CLUSTER), SYSTOLE_CONFIG: JSON.stringify(config), HCLOUD_TOKEN: cloud.token };
  const told: string[] = [];
  const pager = definePlugin({
    name: "pager",
    runtimes: ["node"],
    register: (host) =>
      host.provide(Notifier, "pager", {
        inject: [],
        create: () => ({ notify: async ({ node, name }) => void told.push(`${node} ${name}`) }),
      }),
  });
  const served = serve(pager, { keyOf: () => KEY });
  const { url: pagerUrl } = await open((request) => served.fetch(request));
  const hub = new MemoryHub();
  let isAlphaThere = true;
  const forAlpha = await open(async (request) =>
    isAlphaThere ? hetzner.fetch(request, env) : new Response("", { status: 503 }),
  );
  const forBravo = await open((request) => hetzner.fetch(request, env));

  const alpha = await startNode("alpha", hub, model("alpha", forAlpha.url, pagerUrl));
  const bravo = await startNode("bravo", hub, model("bravo", forBravo.url, pagerUrl));
  await expect.poll(() => bravo.view().groups[0], { timeout: 10_000 }).toMatchObject({ owner: "alpha" });
  await expect.poll(() => cloud.state.floatingIps.get(4711), { timeout: 10_000 }).toBe(42);

  // Nothing comes from it any more, and it reaches nothing.
  isAlphaThere = false;
  hub.cut("alpha", "bravo");
  hub.cut("bravo", "alpha");
  await expect.poll(() => cloud.state.floatingIps.get(4711), { timeout: 15_000 }).toBe(43);
  expect(cloud.state.servers.get(42)?.status).toBe("off");
  expect(cloud.state.servers.get(43)?.status).toBe("running");
  const off = cloud.asked.indexOf("POST /servers/42/actions/poweroff");
  const taken = cloud.asked.lastIndexOf("POST /floating_ips/4711/actions/assign");
  expect(off).toBeGreaterThan(0);
  expect(taken).toBeGreaterThan(off);
  await expect
    .poll(() => bravo.view().groups[0], { timeout: 5000 })
    .toMatchObject({ owner: "bravo", state: "started" });
  await expect.poll(() => told.filter((line) => line.startsWith("bravo")).length).toBeGreaterThan(0);
  isAlphaThere = true;
  for (const node of [alpha, bravo]) {
    expect(await node.request({ kind: "stop" })).toMatchObject({ ok: true });
    await node.ended;
  }
  expect(cloud.state.floatingIps.get(4711)).toBe(null);
}, 40_000);
