// Power at a provider, end to end: the daemon's fence device, signed HTTP, the served example, and the provider's interface; and
// what a provider does when it is slow, or fails.
import aws from "@systole/example-cloud-functions/aws";
import hetzner from "@systole/example-cloud-functions/hetzner";
import type { FenceDevice } from "@systole/sdk";
import type { ServedFunction } from "@systole/sdk/functions";
import { listen, type ListeningFunction } from "@systole/sdk/functions/node";
import { contractFor, runContract } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { agentAt, deviceAt, keysOf, onNode } from "../clouds/daemon-side.js";
import { openEc2, type Ec2 } from "../clouds/ec2.js";
import { openHetzner, type Hetzner } from "../clouds/hetzner.js";

const live = (): AbortSignal => new AbortController().signal;
const lookEveryMs = 20;
const NODES = ["alpha", "bravo"];

let listening: ListeningFunction;
let cluster: string;
let stopCloud: () => Promise<void>;

async function serveFor(
  served: ServedFunction,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  cluster = crypto.randomUUID();
  const env = { ...keysOf(cluster), ...environment };
  listening = await listen({ fetch: (request) => served.fetch(request, env) }, { port: 0 });
}

async function startHetzner(): Promise<Hetzner> {
  const cloud = await openHetzner();
  stopCloud = () => cloud.close();
  const config = { api: cloud.url, nodes: { alpha: 42, bravo: 43 }, floatingIps: [4711], lookEveryMs };
  await serveFor(hetzner, { SYSTOLE_CONFIG: JSON.stringify(config), HCLOUD_TOKEN: cloud.token });
  return cloud;
}

async function startEc2(): Promise<Ec2> {
  const cloud = await openEc2();
  stopCloud = () => cloud.close();
  const { region, accessKeyId, secretAccessKey } = cloud.credentials;
  vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
  const nodes = {
    alpha: { instance: "i-0a", interface: "eni-0a" },
    bravo: { instance: "i-0b", interface: "eni-0b" },
  };
  const config = { region, endpoint: cloud.url, nodes, privateAddresses: ["10.0.0.100"], lookEveryMs };
  await serveFor(aws, { SYSTOLE_CONFIG: JSON.stringify(config) });
  return cloud;
}

async function stop(): Promise<void> {
  await listening.close();
  await stopCloud();
  vi.unstubAllEnvs();
}

const device = (): Promise<FenceDevice> => deviceAt(listening.url, cluster, NODES);

interface Power {
  readonly power: () => string;
  readonly boots: () => number;
}

const CLOUDS = [
  {
    what: "a server of Hetzner",
    async start() {
      const { state } = await startHetzner();
      const of = (node: string) => state.servers.get(node === "alpha" ? 42 : 43);
      return {
        state,
        of: (node: string): Power => ({
          power: () => of(node)?.status ?? "",
          boots: () => of(node)?.boots ?? 0,
        }),
      };
    },
  },
  {
    what: "an instance of EC2",
    async start() {
      const { state } = await startEc2();
      const of = (node: string) => state.instances.get(node === "alpha" ? "i-0a" : "i-0b");
      return {
        state,
        of: (node: string): Power => ({
          power: () => of(node)?.state ?? "",
          boots: () => of(node)?.boots ?? 0,
        }),
      };
    },
  },
];

describe.each(CLOUDS)("$what", ({ what, start }) => {
  let cloud: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => {
    cloud = await start();
  });
  afterEach(stop);

  // The device is the same for both; what differs is asked for below.
  it.runIf(what === "an instance of EC2")("keeps the contract of fence devices", async () => {
    const results = await runContract(contractFor("fence-device"), {
      open: async () => {
        await stop();
        cloud = await start();
        return {
          device: await device(),
          node: "alpha",
          bystander: "bravo",
          observe: async (node: string) => (cloud.of(node).power() === "running" ? "on" : "off"),
          boots: async (node: string) => cloud.of(node).boots(),
        };
      },
    });
    expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  });

  it("is off when the yes comes, however long it takes, and not before", async () => {
    cloud.state.slowMs = 150;
    const fence = await device();
    const fencing = fence.execute("off", "bravo", live());
    const first = await Promise.race([fencing, new Promise((go) => setTimeout(() => go("still"), 100))]);
    expect(first).toBe("still");
    expect(await fencing).toEqual({ ok: true });
    expect(["off", "stopped"]).toContain(cloud.of("bravo").power());
    expect(cloud.of("alpha").power()).toBe("running");
    expect(await fence.status("bravo", live())).toBe("off");
  });

  it("that does not go off in time has not been fenced", async () => {
    cloud.state.slowMs = 10_000;
    const fence = await device();
    expect(await fence.execute("off", "bravo", AbortSignal.timeout(200))).toMatchObject({ kind: "timeout" });
  });
});

describe("an action of Hetzner", () => {
  const resource = { name: "ip", args: [], parameters: { id: "4711" } };
  let cloud: Hetzner;
  beforeEach(async () => {
    cloud = await startHetzner();
  });
  afterEach(stop);

  it("that fails is a failed start, in the provider's words", async () => {
    cloud.state.failures = 1;
    const alpha = onNode(await agentAt(listening.url, cluster, "floating-ip"), "alpha", resource);
    expect(await alpha.start()).toEqual({
      ok: false,
      kind: "error",
      reason: "assign_floating_ip: Action failed (action_failed)",
    });
    expect(await alpha.status()).toEqual({ ok: true, state: "stopped" });
  });

  it("that is slow is waited for", async () => {
    cloud.state.slowMs = 150;
    const alpha = onNode(await agentAt(listening.url, cluster, "floating-ip"), "alpha", resource);
    expect(await alpha.start()).toEqual({ ok: true, state: "running" });
    expect(cloud.asked).toContain("GET /actions/1");
  });

  it("that outlasts the start's time but succeeds then is seen by the status", async () => {
    cloud.state.slowMs = 1300;
    const alpha = onNode(await agentAt(listening.url, cluster, "floating-ip"), "alpha", resource);
    expect(await alpha.start(1500)).toMatchObject({ ok: true, state: "running" });
  });

  it("that fails leaves a server on, and the fencing failed", async () => {
    cloud.state.failures = 1;
    const result = await (await device()).execute("off", "bravo", live());
    expect(result).toMatchObject({ ok: false, kind: "error" });
    expect(cloud.state.servers.get(43)?.status).toBe("running");
  });
});

describe("a private address of EC2", () => {
  it("is there when the provider shows it, though it was assigned before", async () => {
    const cloud = await startEc2();
    const resource = { name: "ip", args: [], parameters: { address: "10.0.0.100" } };
    const alpha = onNode(await agentAt(listening.url, cluster, "private-address"), "alpha", resource);
    await alpha.status();
    cloud.state.lag = 0;
    const starting = alpha.start();
    cloud.state.lag = 3;
    expect(await starting).toEqual({ ok: true, state: "running" });
    expect(cloud.asked.filter((name) => name === "DescribeNetworkInterfaces").length).toBeGreaterThan(3);
    await stop();
  });
});
