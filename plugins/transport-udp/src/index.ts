/** UDP media: ucast, bcast and mcast over IPv4 and IPv6. @packageDocumentation */
import { definePlugin, Logger, Network, Transport } from "@systole/sdk";
import { UdpConfig } from "./config.js";
import { SharedParts } from "./shared-parts.js";
import { UdpTransport } from "./udp-transport.js";

export type { Medium, UdpConfig } from "./config.js";

export default definePlugin({
  name: "transport-udp",
  version: "0.1.0",
  runtimes: ["node"],
  config: UdpConfig,
  register(host, config) {
    let shared: SharedParts | undefined;
    for (const medium of config.media) {
      host.provide(Transport, medium.name, {
        inject: [Network, Logger],
        create: (network, log) => new UdpTransport(medium, (shared ??= new SharedParts(network)), log),
      });
    }
  },
});
