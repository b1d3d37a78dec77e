// A floating IP and the power of servers at Hetzner, as one function. It needs nothing but `fetch`: it runs on Workers, Lambda, Node.
import { definePlugin, FenceDevice, ResourceAgent } from "@systole/sdk";
import { serve } from "@systole/sdk/functions";
import * as v from "valibot";
import { HeldAgent } from "../held-agent.js";
import { PowerDevice } from "../power-device.js";
import { HetznerFloatingIp } from "./floating-ip.js";
import { HetznerCloud } from "./hetzner-cloud.js";
import { HetznerServer } from "./server.js";

const id = v.pipe(v.number(), v.integer());
const Config = v.strictObject({
  api: v.optional(v.pipe(v.string(), v.url()), "https://api.hetzner.cloud/v1"),
  /** Of the project, with the right to write. */
  token: v.pipe(v.string("HCLOUD_TOKEN is not set"), v.nonEmpty()),
  /** Servers by the names of nodes. */
  nodes: v.record(v.string(), id),
  /** Those that may be moved. */
  floatingIps: v.optional(v.array(id), []),
  lookEveryMs: v.optional(v.pipe(v.number(), v.minValue(10)), 1000),
});

export const plugin = definePlugin({
  name: "hetzner",
  runtimes: ["node", "lambda", "workers"],
  config: Config,
  register(host, config) {
    const cloud = new HetznerCloud(config);
    const servers = new Map(Object.entries(config.nodes));
    host.provide(ResourceAgent, "floating-ip", {
      inject: [],
      create: () =>
        new HeldAgent({
          nodes: [...servers.keys()],
          find: ({ parameters }) =>
            config.floatingIps.includes(Number(parameters["id"]))
              ? new HetznerFloatingIp(cloud, Number(parameters["id"]), servers)
              : "the parameter id must be that of a floating IP that the function may move",
        }),
    });
    host.provide(FenceDevice, "power", {
      inject: [],
      create: () =>
        new PowerDevice(
          new Map([...servers].map(([node, server]) => [node, new HetznerServer(cloud, server)])),
          config.lookEveryMs,
        ),
    });
  },
});

export default serve(plugin, {
  config: ({ SYSTOLE_CONFIG, HCLOUD_TOKEN }) => ({
    ...(JSON.parse(String(SYSTOLE_CONFIG)) as object),
    token: HCLOUD_TOKEN,
  }),
});
