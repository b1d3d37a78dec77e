/** Ping nodes: `ping` and `ping_group` as media that echo. @packageDocumentation */
import { lookup } from "node:dns/promises";
import { Clock, definePlugin, Logger, Network, Transport } from "@systole/sdk";
import { PingConfig } from "./config.js";
import { PingTransport } from "./ping-transport.js";

export type { PingConfig, PingNode } from "./config.js";

async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

export default definePlugin({
  name: "transport-ping",
  version: "0.1.0",
  runtimes: ["node"],
  config: PingConfig,
  register(host, config) {
    for (const node of config.nodes) {
      host.provide(Transport, `ping:${node.name}`, {
        inject: [Network, Logger, Clock],
        create: (network, log, clock) => new PingTransport(node, network, log, clock, addressesOf),
      });
    }
  },
});
