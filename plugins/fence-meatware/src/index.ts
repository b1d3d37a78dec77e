/** Provides the fence device `meatware`: a person. @packageDocumentation */
import { ClusterAccess, Confirmations, definePlugin, FenceDevice, Logger } from "@systole/sdk";
import { MeatwareConfig } from "./config.js";
import { MeatwareDevice } from "./meatware-device.js";

const plugin = definePlugin({
  name: "fence-meatware",
  version: "0.1.0",
  runtimes: ["node"],
  config: MeatwareConfig,
  register(host, config) {
    host.provide(FenceDevice, "meatware", {
      inject: [Confirmations, ClusterAccess, Logger],
      create: (confirmations, cluster, log) => new MeatwareDevice({ config, confirmations, cluster, log }),
    });
  },
});

export default plugin;
