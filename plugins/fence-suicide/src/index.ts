/** Provides the fence device `suicide`, which ends the node that it runs on. @packageDocumentation */
import { Clock, ClusterAccess, definePlugin, FenceDevice, Logger, Processes, SelfReset } from "@systole/sdk";
import { SuicideConfig } from "./config.js";
import { SuicideDevice } from "./suicide-device.js";

const plugin = definePlugin({
  name: "fence-suicide",
  version: "0.1.0",
  runtimes: ["node"],
  config: SuicideConfig,
  register(host, config) {
    host.provide(FenceDevice, "suicide", {
      inject: [Clock, Processes, ClusterAccess, SelfReset, Logger],
      create: (clock, processes, cluster, selfReset, log) =>
        new SuicideDevice({ config, clock, processes, cluster, selfReset, log }),
    });
  },
});

export default plugin;
