// What a cluster holds at a provider, end to end: the daemon's plugin, signed HTTP, the served example, and the provider's interface.
import aws from "@systole/example-cloud-functions/aws";
import cloudflare from "@systole/example-cloud-functions/cloudflare";
import hetzner from "@systole/example-cloud-functions/hetzner";
import type { ResourceAgent } from "@systole/sdk";
import type { ServedFunction } from "@systole/sdk/functions";
import { listen, type ListeningFunction } from "@systole/sdk/functions/node";
import { contractFor, runContract } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openCloudflare } from "../clouds/cloudflare.js";
import { agentAt, asNode, keysOf, onNode } from "../clouds/daemon-side.js";
import { openEc2 } from "../clouds/ec2.js";
import { openHetzner } from "../clouds/hetzner.js";
import type { StandIn } from "../clouds/stand-in.js";

interface Cloud {
  readonly standIn: StandIn;
  readonly environment: Readonly<Record<string, string>>;
  /** Name of what our node has there, e.g. the server's id; undefined: nobody has it. */
  readonly holder: () => unknown;
  /** What `holder` says when alpha has it, and when bravo has it. */
  readonly alpha: unknown;
  readonly bravo: unknown;
}

interface Example {
  readonly what: string;
  readonly served: ServedFunction;
  readonly agent: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly open: () => Promise<Cloud>;
  /** The credential that is spoilt, and what the provider says of it. */
  readonly credential: string;
  readonly refusal: RegExp;
  /** The call that moves it. */
  readonly move: RegExp;
}

const lookEveryMs = 20;

async function openAws(
  holder: (ec2: Awaited<ReturnType<typeof openEc2>>) => unknown,
  is: "instance" | "interface",
): Promise<Cloud> {
  const ec2 = await openEc2();
  const nodes = {
    alpha: { instance: "i-0a", interface: "eni-0a" },
    bravo: { instance: "i-0b", interface: "eni-0b" },
  };
  const config = {
    region: ec2.credentials.region,
    endpoint: ec2.url,
    nodes,
    allocations: ["eipalloc-0e"],
    privateAddresses: ["10.0.0.100"],
  };
  vi.stubEnv("AWS_ACCESS_KEY_ID", ec2.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", ec2.credentials.secretAccessKey);
  return {
    standIn: ec2,
    environment: { SYSTOLE_CONFIG: JSON.stringify(config) },
    holder: () => holder(ec2),
    alpha: nodes.alpha[is],
    bravo: nodes.bravo[is],
  };
}

const EXAMPLES: readonly Example[] = [
  {
    what: "a floating IP of Hetzner",
    served: hetzner,
    agent: "floating-ip",
    parameters: { id: "4711" },
    async open() {
      const standIn = await openHetzner();
      const nodes = { alpha: 42, bravo: 43 };
      const config = { api: standIn.url, nodes, floatingIps: [4711], lookEveryMs };
      return {
        standIn,
        environment: { SYSTOLE_CONFIG: JSON.stringify(config), HCLOUD_TOKEN: standIn.token },
        holder: () => standIn.state.floatingIps.get(4711) ?? undefined,
        ...nodes,
      };
    },
    credential: "HCLOUD_TOKEN",
    refusal: /HTTP 401: unable to authenticate \(unauthorized\)/,
    move: /^POST .*assign$/,
  },
  {
    what: "a DNS record of Cloudflare",
    served: cloudflare,
    agent: "dns-record",
    parameters: { record: "372e67954025e0ba6aaa6d586b9e0b59" },
    async open() {
      const standIn = await openCloudflare();
      const { url: api, zone, record, token } = standIn;
      const config = { api, zone, records: [record], nodes: { alpha: "192.0.2.10", bravo: "192.0.2.11" } };
      return {
        standIn,
        environment: { SYSTOLE_CONFIG: JSON.stringify(config), CLOUDFLARE_TOKEN: token },
        holder: () =>
          standIn.state.comment?.startsWith("held by n") === true || standIn.state.comment === null
            ? undefined
            : standIn.state.content,
        ...config.nodes,
      };
    },
    credential: "CLOUDFLARE_TOKEN",
    refusal: /HTTP 403: Authentication error \(10000\)/,
    move: /^PATCH /,
  },
  {
    what: "an Elastic IP of AWS",
    served: aws,
    agent: "elastic-ip",
    parameters: { allocation: "eipalloc-0e" },
    open: () => openAws(({ state }) => state.elastic.get("eipalloc-0e")?.instance, "instance"),
    credential: "AWS_SECRET_ACCESS_KEY",
    refusal: /not able to validate the provided access credentials/,
    move: /^AssociateAddress$/,
  },
  {
    what: "a private address of AWS",
    served: aws,
    agent: "private-address",
    parameters: { address: "10.0.0.100" },
    open: () =>
      openAws(
        ({ state }) => [...state.secondary].find(([, addresses]) => addresses.has("10.0.0.100"))?.[0],
        "interface",
      ),
    credential: "AWS_SECRET_ACCESS_KEY",
    refusal: /not able to validate the provided access credentials/,
    move: /^AssignPrivateIpAddresses$/,
  },
];
describe.each(EXAMPLES)("$what", ({ served, agent, parameters, open, credential, refusal, move }) => {
  const resource = { name: "address", args: [], parameters };
  let cloud: Cloud;
  let listening: ListeningFunction;
  let remote: ResourceAgent;

  beforeEach(() => start());
  afterEach(() => stop());

  /** Each cluster is a new one: what the function has made for another is not for this. */
  async function start(spoilt: Readonly<Record<string, string>> = {}): Promise<void> {
    cloud = await open();
    for (const [name, value] of Object.entries(spoilt)) vi.stubEnv(name, value);
    const cluster = crypto.randomUUID();
    const env = { ...keysOf(cluster), ...cloud.environment, ...spoilt };
    listening = await listen({ fetch: (request) => served.fetch(request, env) }, { port: 0 });
    remote = await agentAt(listening.url, cluster, agent);
  }

  async function stop(): Promise<void> {
    await listening.close();
    await cloud.standIn.close();
    vi.unstubAllEnvs();
  }

  const moves = (): number => cloud.standIn.asked.filter((name) => move.test(name)).length;

  // The agent is the same for all of them; what differs is asked for below.
  it.runIf(agent === "floating-ip")("keeps the contract of agents", async () => {
    const results = await runContract(contractFor("resource-agent"), {
      open: async () => {
        await stop();
        await start();
        return {
          agent: asNode(remote, "alpha"),
          resource,
          broken: { ...resource, parameters: {} },
          probe: async () => cloud.holder() === cloud.alpha,
        };
      },
    });
    expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  });

  it("is moved from the node that has it, and stays there when that one stops", async () => {
    const [alpha, bravo] = ["alpha", "bravo"].map((node) => onNode(remote, node, resource));
    expect(await bravo?.start()).toEqual({ ok: true, state: "running" });
    expect(cloud.holder()).toBe(cloud.bravo);
    expect(await alpha?.start()).toEqual({ ok: true, state: "running" });
    expect(await bravo?.status()).toEqual({ ok: true, state: "stopped" });
    expect(await bravo?.stop()).toEqual({ ok: true, state: "stopped" });
    expect(cloud.holder()).toBe(cloud.alpha);
    expect(await alpha?.start()).toEqual({ ok: true, state: "running" });
    expect(moves()).toBe(2);
    expect(await alpha?.stop()).toEqual({ ok: true, state: "stopped" });
    expect(cloud.holder()).toBe(undefined);
  });

  it("is waited for when there are too many requests", async () => {
    cloud.standIn.tooMany = 1;
    const beganMs = performance.now();
    expect(await onNode(remote, "alpha", resource).start()).toEqual({ ok: true, state: "running" });
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(cloud.standIn.waitMs);
    expect(cloud.holder()).toBe(cloud.alpha);
  });

  it("is moved, though the provider's answer was lost", async () => {
    cloud.standIn.losses = 1;
    expect(await onNode(remote, "alpha", resource).start()).toEqual({ ok: true, state: "running" });
    expect(cloud.holder()).toBe(cloud.alpha);
  });

  it("is not moved with a wrong credential, and the provider's words come through", async () => {
    await stop();
    await start({ [credential]: "wrong" });
    const result = await onNode(remote, "alpha", resource).start();
    expect(result).toMatchObject({
      ok: false,
      kind: "error",
      reason: expect.stringMatching(refusal) as string,
    });
    expect(cloud.holder()).toBe(undefined);
  });

  it("is not moved for a stranger, nor is anything else", async () => {
    expect(await onNode(remote, "charlie", resource).start()).toMatchObject({
      kind: "not-here",
      reason: "the function does not know the node charlie",
    });
    const other = { ...resource, parameters: { id: "4712", allocation: "x", record: "x", address: "x" } };
    expect(await onNode(remote, "alpha", other).start()).toMatchObject({
      kind: "error",
      reason: expect.stringContaining("that the function may") as string,
    });
    expect(moves()).toBe(0);
  });
});
