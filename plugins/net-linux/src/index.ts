/** Provides the `Network` port on Linux, under the name `linux`. @packageDocumentation */
import { Logger, Network, definePlugin } from "@systole/sdk";
import { LinuxNetwork } from "./linux-network.js";
import { NetLinuxConfig } from "./net-linux-config.js";

export type { NetLinuxConfig } from "./net-linux-config.js";

const netLinux = definePlugin({
  name: "net-linux",
  version: "0.1.0",
  runtimes: ["node"],
  config: NetLinuxConfig,
  register(host, config) {
    host.provide(Network, "linux", {
      inject: [Logger],
      create: (log) => new LinuxNetwork(config, log),
    });
  },
});

export default netLinux;
