// An Elastic IP, a private address and the power of instances at AWS, as one function. On Lambda its role is its right to do it.
import { EC2Client } from "@aws-sdk/client-ec2";
import { definePlugin, FenceDevice, ResourceAgent } from "@systole/sdk";
import { serve } from "@systole/sdk/functions";
import * as v from "valibot";
import { HeldAgent } from "../held-agent.js";
import { PowerDevice } from "../power-device.js";
import { ElasticIp } from "./elastic-ip.js";
import { Instance } from "./instance.js";
import { PrivateAddress } from "./private-address.js";

const Config = v.strictObject({
  region: v.pipe(v.string(), v.nonEmpty()),
  endpoint: v.optional(v.pipe(v.string(), v.url())),
  nodes: v.record(
    v.string(),
    v.strictObject({
      instance: v.pipe(v.string(), v.startsWith("i-")),
      interface: v.pipe(v.string(), v.startsWith("eni-")),
    }),
  ),
  /** Allocations of the Elastic IPs, and the private addresses, that may be moved. */
  allocations: v.optional(v.array(v.pipe(v.string(), v.startsWith("eipalloc-"))), []),
  privateAddresses: v.optional(v.array(v.pipe(v.string(), v.ip())), []),
  lookEveryMs: v.optional(v.pipe(v.number(), v.minValue(10)), 1000),
});

export const plugin = definePlugin({
  name: "aws",
  runtimes: ["node", "lambda"],
  config: Config,
  register(host, { region, endpoint, nodes, allocations, privateAddresses, lookEveryMs }) {
    const names = Object.keys(nodes);
    const entries = Object.entries(nodes);
    const instances = new Map(entries.map(([node, { instance }]) => [node, instance]));
    const interfaces = new Map(entries.map(([node, ids]) => [node, ids.interface]));
    const ec2 = new EC2Client({ region, ...(endpoint !== undefined && { endpoint }) });
    host.provide(ResourceAgent, "elastic-ip", {
      inject: [],
      create: () =>
        new HeldAgent({
          nodes: names,
          find: ({ parameters: { allocation = "" } }) =>
            allocations.includes(allocation)
              ? new ElasticIp(ec2, allocation, instances)
              : "the parameter allocation must be an allocation that the function may move",
        }),
    });
    host.provide(ResourceAgent, "private-address", {
      inject: [],
      create: () =>
        new HeldAgent({
          nodes: names,
          find: ({ parameters: { address = "" } }) =>
            privateAddresses.includes(address)
              ? new PrivateAddress(ec2, address, interfaces)
              : "the parameter address must be an address that the function may move",
        }),
    });
    host.provide(FenceDevice, "power", {
      inject: [],
      create: () =>
        new PowerDevice(
          new Map([...instances].map(([node, id]) => [node, new Instance(ec2, id)])),
          lookEveryMs,
        ),
    });
  },
});

export default serve(plugin);
