// The two nodes of the suite that are machines: whole clusters in this process, a cable between them, and a way to the function. Either
// can be cut.
import { createCluster, type Cluster, type ClusterModel } from "@systole/core";
import { NodeClock } from "@systole/core/node";
import { ResourceAgent, Transport, type FrameReceiver, type Plugin } from "@systole/core/ports";
import authClassic from "@systole/auth-classic";
import quorumMajority from "@systole/quorum-majority";
import { definePlugin } from "@systole/sdk";
import { MemoryStore, RecordingLogger } from "@systole/sdk/testkit";
import { HttpTransport } from "@systole/transport-http/transport";
import { CLUSTER, DEAD_MS, FRAMES_KEY, KEEPALIVE_MS } from "./gamma.js";
import type { Deeds } from "./provider.js";

export type MachineName = "alpha" | "beta";

export interface Machine {
  readonly name: MachineName;
  readonly cluster: Cluster;
  readonly running: () => boolean;
}

/** What connects alpha, beta and gamma; each end is cut by itself. */
export class Cables {
  readonly cut = new Set<string>();
  private readonly ends = new Map<string, FrameReceiver>();

  attach(name: string, receiver: FrameReceiver): void {
    this.ends.set(name, receiver);
  }

  send(from: string, frame: Uint8Array): void {
    for (const [name, receiver] of this.ends)
      if (name !== from && !this.cut.has(from) && !this.cut.has(name))
        setTimeout(() => receiver.frame(frame, from), 1);
  }
}

/** A call that cannot leave the machine. */
class CutHttp extends HttpTransport {
  isCut: () => boolean = () => false;

  override send(frame: Uint8Array): Promise<void> {
    return this.isCut() ? Promise.reject(new Error("the way to the function is cut")) : super.send(frame);
  }
}

export interface SiteInit {
  readonly cables: Cables;
  readonly deeds: Deeds;
  readonly functionUrl: string;
  readonly key: string;
}

export async function startMachine(name: MachineName, init: SiteInit): Promise<Machine> {
  let running = false;
  const plugin = machinePlugin(name, init, (now) => {
    running = now;
    init.deeds.push(`${name} ${now ? "start" : "stop"}`);
  });
  const cluster = await createCluster(modelOf(name), [authClassic, quorumMajority, plugin], {
    runtime: "node",
    clock: new NodeClock(),
    logger: new RecordingLogger(),
    store: new MemoryStore(),
    processes: { run: () => Promise.reject(new Error("no programs here")) },
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  });
  await cluster.start(new AbortController().signal);
  return { name, cluster, running: () => running };
}

function machinePlugin(name: MachineName, init: SiteInit, set: (running: boolean) => void): Plugin {
  const { cables, functionUrl: url, key } = init;
  const link = { url, cluster: CLUSTER, everyMs: 100, timeoutMs: 5000 };
  let running = false;
  const turn = (to: boolean) => {
    if (running !== to) set(to);
    running = to;
    return { ok: true, state: to ? "running" : "stopped" } as const;
  };
  return definePlugin({
    name: "machine",
    runtimes: ["node"],
    register(host) {
      host.provide(Transport, "cable", {
        inject: [],
        create: () => ({
          medium: "eth0",
          supports: { maxFrameBytes: 65_000 },
          attach: (receiver) => cables.attach(name, receiver),
          send: async (frame) => cables.send(name, frame),
          start: async () => undefined,
          stop: async () => undefined,
        }),
      });
      host.provide(Transport, "http", {
        inject: [],
        create: () => {
          const http = new CutHttp({
            medium: "http",
            link,
            clock: new NodeClock(),
            readKey: async () => key,
            self: () => name,
          });
          http.isCut = () => cables.cut.has(`${name} to gamma`);
          return http;
        },
      });
      host.provide(ResourceAgent, "machine", {
        inject: [],
        create: () => ({
          supports: { announce: false },
          start: async () => turn(true),
          stop: async () => turn(false),
          status: async () => ({ ok: true, state: running ? "running" : "stopped" }),
          validate: async () => [],
        }),
      });
    },
  });
}

function modelOf(self: MachineName): ClusterModel {
  return {
    self,
    nodes: ["alpha", "beta", "gamma"],
    pingNodes: [],
    timings: {
      keepaliveMs: KEEPALIVE_MS,
      warnMs: DEAD_MS / 2,
      deadMs: DEAD_MS,
      initialDeadMs: 2 * DEAD_MS,
      pingDeadMs: DEAD_MS,
      maxRetransmitDelayMs: KEEPALIVE_MS,
    },
    hopFudge: 1,
    innerSignature: false,
    groups: [{ key: "service", home: "alpha", resources: [{ name: "service", agent: "machine" }] }],
    resources: [{ name: "service", args: [], parameters: {} }],
    failback: "on",
    ipfail: false,
    isolation: "release",
    operationTimeoutMs: {
      start: 5000,
      stop: 5000,
      status: 5000,
      announce: 5000,
      warm: 5000,
      elsewhere: 5000,
    },
    requestTimeoutMs: 5000,
    plugins: [{ use: "auth-classic", with: FRAMES_KEY }, { use: "quorum-majority" }, { use: "machine" }],
    providers: {
      membership: "heartbeat",
      policy: "haresources",
      authenticator: "classic",
      transports: ["cable", "http"],
      quorums: ["majority"],
      services: {},
    },
  };
}
