/** A quorum of hosts that answer an ICMP echo. @packageDocumentation */
import { Clock, definePlugin, Network, Quorum } from "@systole/sdk";
import { PingQuorumConfig } from "./config.js";
import { PingQuorum } from "./ping-quorum.js";

export default definePlugin({
  name: "quorum-ping",
  version: "0.1.0",
  runtimes: ["node"],
  config: PingQuorumConfig,
  register(host, config) {
    host.provide(Quorum, "ping", {
      inject: [Network, Clock],
      create: (network, clock) => new PingQuorum(config, network, clock),
    });
  },
});
