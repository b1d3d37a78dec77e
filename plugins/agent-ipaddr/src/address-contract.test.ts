// The contract of resource agents, run on an address in a network in memory; the plugin is booted as a host would.
import { Clock, ResourceAgent, type ResourceSpec } from "@systole/sdk";
import { contractFor, RealClock, runContract, service, TestHost } from "@systole/sdk/testkit";
import { expect, test } from "vitest";
import plugin from "./index.js";

const resource = (text: string): ResourceSpec => ({ name: text, args: [text], parameters: {} });

test("ipaddr keeps the contract, and leaves nothing open", async () => {
  const hosts: TestHost[] = [];
  const results = await runContract(contractFor("resource-agent"), {
    open: async () => {
      const host = await TestHost.boot(plugin, { services: [service(Clock, new RealClock())] });
      hosts.push(host);
      const agent = host.get(ResourceAgent, "ipaddr");
      return {
        agent,
        resource: resource("10.0.0.100/24/eth0:0"),
        broken: resource("10.0.0.100/24/eth7"),
        crash: async () => host.network.steal("10.0.0.100"),
        probe: async () => (await host.network.addresses.list()).length > 0,
      };
    },
    close: () => hosts.at(-1)?.close(),
  });
  expect(hosts).toHaveLength(results.length);
  expect(
    results.flatMap(({ id, outcome, reason }) => (outcome === "passed" ? [] : [`${id}: ${reason}`])),
  ).toEqual(["warm: needs warm", "aborted-warm: needs warm"]);
});
