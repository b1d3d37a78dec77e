// Two whole nodes in one process: the runtime with its plugins, real frames and signatures, a network in memory.
import {
  checkCluster,
  createCluster,
  type Cluster,
  type ClusterHost,
  type ClusterModel,
} from "@systole/core";
import { Pulse, ResourceAgent, Transport, type OperationResult, type Plugin } from "@systole/core/ports";
import authClassic from "@systole/auth-classic";
import { definePlugin } from "@systole/sdk";
import { MemoryHub, MemoryStore, RecordingLogger, VirtualClock } from "@systole/sdk/testkit";
import { beforeEach, describe, expect, it } from "vitest";

interface TestNode {
  readonly cluster: Cluster;
  readonly log: RecordingLogger;
  readonly running: Set<string>;
  /** When a plugin heard the engine's signs of life. */
  readonly pulsesMs: number[];
}

let clock: VirtualClock;
let hub: MemoryHub;

function memoryPlugin(node: string, running: Set<string>, pulsesMs: number[]): Plugin {
  const answer = (name: string): OperationResult => ({
    ok: true,
    state: running.has(name) ? "running" : "stopped",
  });
  return definePlugin({
    name: "memory",
    runtimes: ["node"],
    register(host) {
      host.provide(Transport, "memory", { inject: [], create: () => hub.transport(node, "eth0") });
      host.provide(ResourceAgent, "memory", {
        inject: [Pulse],
        create: (pulse) => {
          pulse.onPulse(() => pulsesMs.push(clock.nowMs()));
          return {
            supports: { announce: false },
            start: async ({ name }) => answer(running.add(name) && name),
            stop: async ({ name }) => (running.delete(name), answer(name)),
            status: async ({ name }) => answer(name),
            validate: async () => [],
          };
        },
      });
    },
  });
}

function model(self: string, key = "Hello!"): ClusterModel {
  return {
    self,
    nodes: ["master", "cluster1"],
    pingNodes: [],
    timings: {
      keepaliveMs: 100,
      warnMs: 500,
      deadMs: 1000,
      initialDeadMs: 2000,
      pingDeadMs: 1000,
      maxRetransmitDelayMs: 250,
    },
    hopFudge: 1,
    innerSignature: true,
    groups: [{ key: "address", home: "master", resources: [{ name: "address", agent: "memory" }] }],
    resources: [{ name: "address", args: [], parameters: {} }],
    failback: "on",
    ipfail: false,
    operationTimeoutMs: {
      start: 1000,
      stop: 1000,
      status: 1000,
      announce: 1000,
      warm: 1000,
      elsewhere: 5000,
    },
    requestTimeoutMs: 5000,
    plugins: [
      { use: "auth-classic", with: { sign: 3, keys: [{ index: 3, method: "md5", key }] } },
      { use: "memory" },
    ],
    providers: {
      membership: "heartbeat",
      policy: "haresources",
      authenticator: "classic",
      transports: ["memory"],
      services: {},
    },
  };
}

async function start(self: string, key?: string): Promise<TestNode> {
  const running = new Set<string>();
  const pulsesMs: number[] = [];
  const log = new RecordingLogger();
  const host: ClusterHost = {
    runtime: "node",
    clock,
    logger: log,
    store: new MemoryStore(),
    processes: { run: () => Promise.reject(new Error("no programs here")) },
    randomBytes: (count) => new Uint8Array(count).fill(self.length),
  };
  const plugins = [authClassic, memoryPlugin(self, running, pulsesMs)];
  const cluster = await createCluster(model(self, key), plugins, host);
  await cluster.start(new AbortController().signal);
  return { cluster, log, running, pulsesMs };
}

/** Lets time pass in small steps, with everything that is asynchronous in between. */
async function pass(durationMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 5) {
    clock.advance(5);
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

beforeEach(() => {
  clock = new VirtualClock();
  hub = new MemoryHub();
});

describe("a cluster of two", () => {
  it("brings the group up at home, and moves it when it is asked to", async () => {
    const master = await start("master");
    const cluster1 = await start("cluster1");
    await pass(500);
    expect([...master.running]).toEqual(["address"]);
    expect(cluster1.cluster.view()).toMatchObject({
      stable: true,
      groups: [{ owner: "master", state: "started" }],
    });
    const answer = master.cluster.request({ kind: "standby", set: "all" });
    await pass(500);
    expect(await answer).toEqual({ ok: true, reason: "address runs on cluster1" });
    expect([...cluster1.running]).toEqual(["address"]);
    expect([...master.running]).toEqual([]);
  });

  it("lets plugins hear the engine's signs of life, one each keepalive, for as long as it speaks", async () => {
    const master = await start("master");
    await start("cluster1");
    await pass(1000);
    const pauses = master.pulsesMs.slice(1).map((atMs, index) => atMs - (master.pulsesMs[index] ?? 0));
    expect(master.pulsesMs.length).toBeGreaterThanOrEqual(10);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(100);
    void master.cluster.request({ kind: "stop" });
    await pass(500);
    const said = master.pulsesMs.length;
    await pass(1000);
    expect(master.pulsesMs).toHaveLength(said);
  });

  it("leaves: gives up, says goodbye, and closes everything", async () => {
    const master = await start("master");
    const cluster1 = await start("cluster1");
    await pass(500);
    const stopped = master.cluster.request({ kind: "stop" });
    await pass(300);
    expect(await stopped).toMatchObject({ ok: true });
    expect(await master.cluster.ended).toMatchObject({ kind: "left" });
    expect(cluster1.cluster.view().nodes[1]).toMatchObject({
      name: "master",
      state: "dead",
      reason: "stopped",
    });
    expect([...cluster1.running]).toEqual(["address"]);
    const alone = clock.pending;
    await pass(1000);
    expect(clock.pending).toBeLessThanOrEqual(alone);
  });

  it("believes nothing that is not signed with its key, counts it, and logs it at a bounded rate", async () => {
    const master = await start("master");
    await start("cluster1", "another key");
    await pass(6000);
    const { framesRefused, framesReceived } = master.cluster.view().counters;
    expect(framesReceived).toBe(0);
    expect(framesRefused["mismatch"]).toBeGreaterThan(50);
    expect(master.log.of("frame.refused").length).toBeLessThanOrEqual(20);
    expect(master.cluster.view().nodes[1]).toMatchObject({ state: "dead" });
  });

  it("changes keys while it runs, node after node, and nobody is lost", async () => {
    const nodes = [await start("master"), await start("cluster1")];
    await pass(500);
    const entry = (index: number, key: string) => ({ index, method: "md5", key });
    const both = [entry(3, "Hello!"), entry(4, "new key")];
    const renew = async (sign: number, keys: readonly unknown[]) => {
      for (const { cluster } of nodes) {
        await cluster.renewAuthenticator({ use: "auth-classic", with: { sign, keys } });
        await pass(1500);
      }
    };
    await renew(3, both);
    await renew(4, both);
    await renew(4, [entry(4, "new key")]);
    const [master, cluster1] = nodes;
    expect(cluster1?.cluster.view()).toMatchObject({ stable: true, groups: [{ owner: "master" }] });
    expect(nodes.map(({ cluster }) => cluster.view().counters.framesRefused)).toEqual([{}, {}]);
    const broken = { use: "auth-classic", with: { sign: 5, keys: both } };
    await expect(master?.cluster.renewAuthenticator(broken)).rejects.toMatchObject({
      code: "PLUGIN_CONFIG_INVALID",
    });
    await pass(1500);
    expect(cluster1?.cluster.view().counters.framesRefused).toEqual({});
  });

  it("hears hostile bytes, replays and strangers without a change", async () => {
    const captured: Uint8Array[] = [];
    hub.fate = ({ from, frame }) => {
      if (from === "cluster1") captured.push(frame);
      return "deliver";
    };
    const master = await start("master");
    await start("cluster1");
    await pass(1000);
    const before = JSON.stringify(master.cluster.view().groups);
    const stranger = hub.transport("stranger", "eth0");
    await stranger.start(new AbortController().signal);
    const hostile = [
      new Uint8Array(0),
      new Uint8Array(60_000),
      new TextEncoder().encode("###\n99999999:"),
      ...captured,
    ];
    for (const frame of hostile) await stranger.send(frame);
    for (const frame of captured) await stranger.send(frame.slice(0, frame.length / 2));
    await pass(50);
    expect(JSON.stringify(master.cluster.view().groups)).toBe(before);
    const { framesRefused } = master.cluster.view().counters;
    expect(framesRefused["duplicate"]).toBeGreaterThanOrEqual(captured.length / 2);
    expect(framesRefused["truncated"]).toBeGreaterThan(0);
    expect(framesRefused["not-a-frame"]).toBeGreaterThan(0);
  });

  it("names every problem of its composition at once, and opens nothing", async () => {
    const broken = { ...model("master"), plugins: [{ use: "auth-classic", with: { sign: 9, keys: [] } }] };
    const host = { runtime: "node", clock, logger: new RecordingLogger(), store: new MemoryStore() } as const;
    const processes = { run: () => Promise.reject(new Error("no programs here")) };
    const made = createCluster(broken, [authClassic], {
      ...host,
      processes,
      randomBytes: (count) => new Uint8Array(count),
    });
    await expect(made).rejects.toMatchObject({
      name: "SystoleError",
      details: { problems: expect.any(Array) },
    });
    expect(clock.pending).toBe(0);
  });

  it("is checked as a whole without being made: missing plugins, bad configuration, nobody to provide", async () => {
    const plugins = [{ use: "auth-classic", with: { sign: 9, keys: [] } }, { use: "transport-pigeon" }];
    const problems = await checkCluster({ ...model("master"), plugins }, [authClassic], "node");
    const codes = problems.map(({ code, plugin }) => `${code} ${plugin}`);
    expect(codes).toContain("PLUGIN_MISSING transport-pigeon");
    expect(codes).toContain("PLUGIN_CONFIG_INVALID auth-classic");
    expect(codes.some((code) => code.startsWith("PLUGIN_UNRESOLVED"))).toBe(true);
  });
});
