// What must never take the address away or end a node: a foreign cluster on the same wire, a clock that was set back, a
// copied disk, a message as large as a datagram. Whole nodes in one process, real frames and signatures.
import { createCluster, type Cluster, type ClusterHost, type ClusterModel } from "@systole/core";
import { sealFrame } from "@systole/core/message";
import {
  ResourceAgent,
  textMessage,
  Transport,
  type Clock,
  type OperationResult,
  type Plugin,
} from "@systole/core/ports";
import authClassic, { ClassicAuthenticator } from "@systole/auth-classic";
import { definePlugin } from "@systole/sdk";
import { MemoryHub, MemoryStore, RecordingLogger, VirtualClock } from "@systole/sdk/testkit";
import { beforeEach, describe, expect, it } from "vitest";

const keysOf = (key: string) => ({ sign: 3, keys: [{ index: 3, method: "md5" as const, key }] });
const KEYS = keysOf("Hello!");
const HOUR_MS = 3_600_000;

interface Settings {
  readonly nodes?: readonly string[];
  readonly store?: MemoryStore;
  readonly wallOffsetMs?: number;
  /** Every byte of the uuid. */
  readonly uuidByte?: number;
  readonly key?: string;
}

interface TestNode {
  readonly cluster: Cluster;
  readonly log: RecordingLogger;
  /** Every start and stop of the address, in order. */
  readonly operations: string[];
  isEnded: boolean;
}

let clock: VirtualClock;
let hub: MemoryHub;

function memoryPlugin(node: string, operations: string[]): Plugin {
  let running = false;
  const answer = (): OperationResult => ({ ok: true, state: running ? "running" : "stopped" });
  const set = (to: boolean) => {
    if (to !== running) operations.push(to ? "start" : "stop");
    running = to;
    return answer();
  };
  return definePlugin({
    name: "memory",
    runtimes: ["node"],
    register(host) {
      host.provide(Transport, "memory", { inject: [], create: () => hub.transport(node, "eth0") });
      host.provide(ResourceAgent, "memory", {
        inject: [],
        create: () => ({
          supports: { announce: false },
          start: async () => set(true),
          stop: async () => set(false),
          status: async () => answer(),
          validate: async () => [],
        }),
      });
    },
  });
}

function model(self: string, nodes: readonly string[], key = "Hello!"): ClusterModel {
  const [home = self] = nodes;
  return {
    self,
    nodes,
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
    groups: [{ key: "address", home, resources: [{ name: "address", agent: "memory" }] }],
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
    plugins: [{ use: "auth-classic", with: keysOf(key) }, { use: "memory" }],
    providers: {
      membership: "heartbeat",
      policy: "haresources",
      authenticator: "classic",
      transports: ["memory"],
      services: {},
    },
  };
}

async function start(self: string, settings: Settings = {}): Promise<TestNode> {
  const operations: string[] = [];
  const log = new RecordingLogger();
  const { nodes = ["master", "cluster1"], uuidByte = self.length, wallOffsetMs = 0 } = settings;
  const shifted: Clock = {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs() + wallOffsetMs,
    wakeAt: (atMs, wake) => clock.wakeAt(atMs, wake),
  };
  const host: ClusterHost = {
    runtime: "node",
    clock: shifted,
    logger: log,
    store: settings.store ?? new MemoryStore(),
    processes: { run: () => Promise.reject(new Error("no programs here")) },
    randomBytes: (count) => new Uint8Array(count).fill(uuidByte),
  };
  const cluster = await createCluster(
    model(self, nodes, settings.key),
    [authClassic, memoryPlugin(self, operations)],
    host,
  );
  await cluster.start(new AbortController().signal);
  const node: TestNode = { cluster, log, operations, isEnded: false };
  void cluster.ended.then(() => (node.isEnded = true));
  return node;
}

/** Lets time pass in small steps, with everything that is asynchronous in between. */
async function pass(durationMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 5) {
    clock.advance(5);
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

const problems = (node: TestNode): string => node.cluster.view().problems.join("\n");

beforeEach(() => {
  clock = new VirtualClock();
  hub = new MemoryHub();
});

describe("the address stays where it is, and nobody restarts", () => {
  it("beside a cluster that has the same wire and the same key", async () => {
    const master = await start("master");
    await start("cluster1");
    await pass(500);
    const zulu = await start("zulu", { nodes: ["zulu", "yankee"] });
    await start("yankee", { nodes: ["zulu", "yankee"], uuidByte: 77 });
    await pass(3000);
    expect([master.operations, zulu.operations]).toEqual([["start"], ["start"]]);
    expect([master.isEnded, zulu.isEnded]).toEqual([false, false]);
    expect(problems(master)).toContain("zulu speaks on eth0 with our key");
    expect(master.cluster.view().counters.framesRefused["foreign"]).toBeGreaterThan(10);
    expect(master.log.of("message.foreign").length).toBeLessThanOrEqual(20);
  });

  it("when the other node comes back with its clock an hour behind", async () => {
    const master = await start("master");
    const store = new MemoryStore();
    const before = await start("cluster1", { store });
    await pass(500);
    void before.cluster.request({ kind: "stop" });
    await pass(500);
    expect(before.isEnded).toBe(true);
    const after = await start("cluster1", { store, wallOffsetMs: -HOUR_MS });
    await pass(1000);
    expect(master.cluster.view().nodes[1]).toMatchObject({ name: "cluster1", state: "active" });
    expect(problems(master)).toBe("");
    expect([master.operations, after.operations]).toEqual([["start"], []]);
  });

  it("when its state is gone as well, which is named on the node that still knows", async () => {
    const master = await start("master");
    const before = await start("cluster1");
    await pass(500);
    void before.cluster.request({ kind: "stop" });
    await pass(500);
    await start("cluster1", { wallOffsetMs: -HOUR_MS });
    await pass(3000);
    expect(problems(master)).toContain("its clock or its state was set back");
    expect(master.operations).toEqual(["start"]);
    expect(master.isEnded).toBe(false);
  });

  it("when the clock jumps while both run", async () => {
    const master = await start("master");
    const cluster1 = await start("cluster1");
    await pass(500);
    for (const stepMs of [-HOUR_MS, 2 * HOUR_MS]) {
      clock.stepWall(stepMs);
      await pass(2000);
    }
    expect([master.operations, cluster1.operations]).toEqual([["start"], []]);
    expect(master.cluster.view().nodes[1]?.state).toBe("active");
  });

  it("when two nodes have one uuid, which both name", async () => {
    const master = await start("master", { uuidByte: 5 });
    const cluster1 = await start("cluster1", { uuidByte: 5 });
    await pass(3000);
    expect(problems(master)).toContain("cluster1 and master have the same uuid");
    expect(problems(cluster1)).toContain("master and cluster1 have the same uuid");
    expect(master.log.of("node.uuid-copied")).toHaveLength(1);
    expect([master.operations, cluster1.operations]).toEqual([["start"], []]);
    expect(cluster1.cluster.view().nodes[1]?.state).toBe("active");
  });

  it("when somebody says 64 kB at once, signed", async () => {
    const master = await start("master");
    const cluster1 = await start("cluster1");
    await pass(500);
    const authenticator = new ClassicAuthenticator(KEYS);
    const loud = hub.transport("loud", "eth0");
    await loud.start(new AbortController().signal);
    const generation = cluster1.cluster.view().nodes[0]?.generation ?? 0;
    const control = { src: "cluster1", seq: "40", hg: generation.toString(16), ts: "655b5d00" };
    const large = textMessage({ t: "anything", info: "x".repeat(64_000), ...control });
    const report = textMessage({
      t: "status",
      st: "active",
      systole: "{".repeat(64_000),
      ...control,
      seq: "41",
    });
    for (const message of [large, report])
      await loud.send(sealFrame(message, authenticator, { innerSignature: false }));
    await pass(3000);
    expect([master.operations, cluster1.operations]).toEqual([["start"], []]);
    expect([master.isEnded, cluster1.isEnded]).toEqual([false, false]);
    expect(cluster1.cluster.view().groups[0]).toMatchObject({ owner: "master", state: "started" });
  });
});

it("a node with another key is never heard, and hears nobody", async () => {
  const master = await start("master", { key: "one" });
  const cluster1 = await start("cluster1", { key: "two" });
  await pass(5000);
  const views = [master, cluster1].map(({ cluster }) => cluster.view());
  expect(views.map(({ nodes }) => nodes[1]?.state)).toEqual(["dead", "dead"]);
  for (const { counters } of views) expect(counters.framesRefused["mismatch"]).toBeGreaterThan(10);
});

it("a list of nodes that an operator changed survives a restart", async () => {
  const store = new MemoryStore();
  const master = await start("master", { store });
  await start("cluster1");
  await pass(500);
  expect(await master.cluster.editNodes({ kind: "add", nodes: ["newcomer"] })).toMatchObject({ ok: true });
  await pass(500);
  expect(master.operations).toEqual(["start"]);
  void master.cluster.request({ kind: "stop" });
  await pass(1000);
  const again = await start("master", { store });
  expect(again.cluster.view().nodes.map(({ name }) => name)).toContain("newcomer");
});
