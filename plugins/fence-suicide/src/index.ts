/** Provides the fence device `suicide`, which ends the node that it runs on. @packageDocumentation */
import { Clock, ClusterAccess, definePlugin, FenceDevice, Logger, Processes } from "@systole/sdk";
import { SuicideConfig } from "./config.js";
import { SuicideDevice } from "./suicide-device.js";

const plugin = definePlugin({
  name: "fence-suicide",
  version: "0.1.0",
  runtimes: ["node"],
  config: SuicideConfig,
  register(host, config) {
    host.provide(FenceDevice, "suicide", {
      inject: [Clock, Processes, ClusterAccess, Logger],
      create: (clock, processes, cluster, log) =>
        new SuicideDevice({ config, clock, processes, cluster, log }),
    });
  },
});

export default plugin;
