// The examples of functions where they are meant to run: a worker that moves a floating IP, a function of Lambda that moves an
// Elastic IP, each asked by the daemon's plugin.
import { afterEach, describe, expect, it } from "vitest";
import { agentAt, keysOf, onNode } from "../clouds/daemon-side.js";
import { openEc2 } from "../clouds/ec2.js";
import { openHetzner } from "../clouds/hetzner.js";
import { bundle } from "./bundle.js";
import { startLambda } from "./lambda-loop.js";
import { startWorkerd, workerdMissing } from "./workerd.js";

const missing = workerdMissing();
const hasWorkerd = missing === undefined || process.env["CI"] === "true";
const CLUSTER = "web";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});
function open<Opened extends { close(): Promise<void> }>(one: Opened): Opened {
  opened.push(one);
  return one;
}

describe.runIf(hasWorkerd)(`a worker${missing === undefined ? "" : ` (${missing})`}`, () => {
  it("moves a floating IP from one server to the other", async () => {
    const cloud = open(await openHetzner());
    const config = { api: cloud.url, nodes: { alpha: 42, bravo: 43 }, floatingIps: [4711], lookEveryMs: 20 };
    const entry = `export { default } from "@systole/example-cloud-functions/hetzner";`;
    const host = open(
      await startWorkerd({
        script: await bundle({ entry, for: "workers" }),
        bindings: {
          ...keysOf(CLUSTER),
          SYSTOLE_CONFIG: JSON.stringify(config),
          HCLOUD_TOKEN: cloud.token,
        },
      }),
    );
    const agent = await agentAt(`${host.url}/`, CLUSTER, "floating-ip");
    const resource = { name: "ip", args: [], parameters: { id: "4711" } };
    const [alpha, bravo] = [onNode(agent, "alpha", resource), onNode(agent, "bravo", resource)];
    cloud.state.slowMs = 50;
    expect(await alpha.start()).toEqual({ ok: true, state: "running" });
    expect(await bravo.start()).toEqual({ ok: true, state: "running" });
    expect(cloud.state.floatingIps.get(4711)).toBe(43);
    expect(await alpha.stop()).toEqual({ ok: true, state: "stopped" });
    expect(cloud.state.floatingIps.get(4711)).toBe(43);
    // Both at once, as in a partition: one after the other, and the last has it.
    await Promise.all([alpha.start(1500), bravo.start(1500)]);
    const states = [await alpha.status(), await bravo.status()].map((result) => result.ok && result.state);
    expect(states.toSorted()).toEqual(["running", "stopped"]);
  });

  it("refuses a plugin that does not run there, and says so", async () => {
    const entry = `
      import { definePlugin } from "@systole/sdk";
      import { serve } from "@systole/sdk/functions";
      const plugin = definePlugin({ name: "mine", runtimes: ["node"], register() {} });
      let said;
      try { serve(plugin); } catch (error) { said = String(error.message); }
      export default { fetch: () => new Response(said) };`;
    const host = open(await startWorkerd({ script: await bundle({ entry, for: "workers" }) }));
    expect(await (await host.fetch("/")).text()).toBe(
      'mine runs on node, and this is workers. If it needs nothing that workers does not have, add "workers" to its runtimes.',
    );
  });
});

describe("a function of Lambda", () => {
  it("moves an Elastic IP from one instance to the other", async () => {
    const cloud = open(await openEc2());
    const config = {
      region: cloud.credentials.region,
      endpoint: cloud.url,
      nodes: {
        alpha: { instance: "i-0a", interface: "eni-0a" },
        bravo: { instance: "i-0b", interface: "eni-0b" },
      },
      allocations: ["eipalloc-0e"],
    };
    const entry = `export { default } from "@systole/example-cloud-functions/aws";`;
    const host = open(
      await startLambda({
        script: await bundle({ entry, for: "node" }),
        handler: "default.handler",
        environment: {
          AWS_LAMBDA_FUNCTION_NAME: "addresses",
          ...keysOf(CLUSTER),
          SYSTOLE_CONFIG: JSON.stringify(config),
          AWS_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: cloud.credentials.secretAccessKey,
        },
      }),
    );
    const agent = await agentAt(`${host.url}/`, CLUSTER, "elastic-ip");
    const resource = { name: "ip", args: [], parameters: { allocation: "eipalloc-0e" } };
    const [alpha, bravo] = [onNode(agent, "alpha", resource), onNode(agent, "bravo", resource)];
    expect(await alpha.start()).toEqual({ ok: true, state: "running" });
    await host.kill();
    expect(await bravo.start()).toEqual({ ok: true, state: "running" });
    expect(cloud.state.elastic.get("eipalloc-0e")?.instance).toBe("i-0b");
    expect(await alpha.stop()).toEqual({ ok: true, state: "stopped" });
    expect(await bravo.stop()).toEqual({ ok: true, state: "stopped" });
    expect(cloud.state.elastic.get("eipalloc-0e")).toBe(undefined);
  });
});
