// Whole nodes that take their quorum and their store from plugins, as systole.yaml chooses them by name.
import { checkCluster, createCluster, type ClusterHost, type ClusterModel } from "@systole/core";
import {
  Quorum,
  ResourceAgent,
  Store,
  Transport,
  type OperationResult,
  type Plugin,
  type QuorumQuestion,
} from "@systole/core/ports";
import authClassic from "@systole/auth-classic";
import quorumMajority from "@systole/quorum-majority";
import { definePlugin } from "@systole/sdk";
import { MemoryHub, MemoryStore, RecordingLogger, VirtualClock } from "@systole/sdk/testkit";
import { beforeEach, describe, expect, it } from "vitest";

let clock: VirtualClock;
let chosenStore: MemoryStore;
let hostStore: MemoryStore;
let running: Set<string>;
let questions: QuorumQuestion[];
let granted: boolean;

function plugin(): Plugin {
  const answer = (name: string): OperationResult => {
    return { ok: true, state: running.has(name) ? "running" : "stopped" };
  };
  const hub = new MemoryHub();
  return definePlugin({
    name: "memory",
    runtimes: ["node"],
    register(host) {
      host.provide(Transport, "memory", { inject: [], create: () => hub.transport("master", "eth0") });
      host.provide(Store, "elsewhere", { inject: [], create: () => chosenStore });
      host.provide(Quorum, "witness", {
        inject: [],
        create: () => ({
          ask: async (question) => {
            questions.push(question);
            return granted ? { kind: "granted", forMs: 800 } : { kind: "unreachable", reason: "no route" };
          },
        }),
      });
      host.provide(ResourceAgent, "memory", {
        inject: [],
        create: () => ({
          supports: { announce: false },
          start: async ({ name }) => answer(running.add(name) && name),
          stop: async ({ name }) => (running.delete(name), answer(name)),
          status: async ({ name }) => answer(name),
          validate: async () => [],
        }),
      });
    },
  });
}

function model(providers: Partial<ClusterModel["providers"]>): ClusterModel {
  const timings = { keepaliveMs: 100, warnMs: 500, deadMs: 1000, initialDeadMs: 2000 };
  return {
    self: "master",
    nodes: ["master", "cluster1"],
    pingNodes: [],
    timings: { ...timings, pingDeadMs: 1000, maxRetransmitDelayMs: 250 },
    hopFudge: 1,
    innerSignature: true,
    groups: [{ key: "address", home: "master", resources: [{ name: "address", agent: "memory" }] }],
    resources: [{ name: "address", args: [], parameters: {} }],
    failback: "on",
    ipfail: false,
    isolation: "release",
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
      { use: "auth-classic", with: { sign: 3, keys: [{ index: 3, method: "md5", key: "Hello!" }] } },
      { use: "memory" },
      { use: "quorum-majority" },
    ],
    providers: {
      membership: "heartbeat",
      policy: "haresources",
      authenticator: "classic",
      transports: ["memory"],
      services: {},
      ...providers,
    },
  };
}

async function start(providers: Partial<ClusterModel["providers"]>) {
  const host: ClusterHost = {
    runtime: "node",
    clock,
    logger: new RecordingLogger(),
    store: hostStore,
    processes: { run: () => Promise.reject(new Error("no programs here")) },
    randomBytes: (count) => new Uint8Array(count).fill(7),
    self: { look: () => ({ cpuPressure: 0.25 }) },
  };
  const cluster = await createCluster(model(providers), [authClassic, plugin(), quorumMajority], host);
  await cluster.start(new AbortController().signal);
  return cluster;
}

async function pass(durationMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 5) {
    clock.advance(5);
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

beforeEach(() => {
  clock = new VirtualClock();
  chosenStore = new MemoryStore();
  hostStore = new MemoryStore();
  running = new Set();
  questions = [];
  granted = true;
});

describe("a store", () => {
  it("of a plugin keeps this node's state where it is chosen, and the host's keeps nothing", async () => {
    await start({ services: { store: "elsewhere" } });
    expect(chosenStore.disk.size).toBeGreaterThan(0);
    expect(hostStore.disk.size).toBe(0);
  });

  it("of a plugin that is not chosen is not used", async () => {
    await start({});
    expect(chosenStore.disk.size).toBe(0);
    expect(hostStore.disk.size).toBeGreaterThan(0);
  });

  it("that nobody provides is a problem before anything starts", async () => {
    const wrong = model({ services: { store: "nowhere" } });
    const problems = await checkCluster(wrong, [authClassic, plugin(), quorumMajority], "node");
    expect(problems.map(({ message }) => message).join()).toContain('store "nowhere"');
  });
});

describe("a quorum", () => {
  it("of a plugin lets a node serve that hears nobody, until its grant ends and is not renewed", async () => {
    const cluster = await start({ quorums: ["witness"] });
    await pass(2600);
    expect([...running]).toEqual(["address"]);
    expect(questions[0]).toEqual({
      self: "master",
      nodes: ["master", "cluster1"],
      alive: ["master"],
      believedForMs: expect.any(Number) as number,
    });
    expect(cluster.view()).toMatchObject({
      isolation: { rule: "granted", quorum: [{ name: "witness", answer: { kind: "granted" } }] },
      self: { cpuPressure: 0.25, cutOff: false },
    });
    granted = false;
    await pass(900);
    expect([...running]).toEqual([]);
    expect(cluster.view().isolation).toMatchObject({ rule: "released", serves: false });
  });

  it("must be granted by each that is named", async () => {
    const cluster = await start({ quorums: ["witness", "majority"] });
    await pass(2600);
    expect([...running]).toEqual([]);
    expect(cluster.view().isolation).toMatchObject({ rule: "denied", serves: false });
  });

  it("that nobody provides is a problem before anything starts", async () => {
    const wrong = model({ quorums: ["nobody"] });
    const problems = await checkCluster(wrong, [authClassic, plugin(), quorumMajority], "node");
    expect(problems.map(({ message }) => message).join()).toContain('quorum "nobody"');
  });
});
