/** Provides the devices of heartbeat's STONITH, each under the name that the configuration gives it. @packageDocumentation */
import { readFile, stat } from "node:fs/promises";
import { ClusterAccess, definePlugin, FenceDevice, Logger, Processes, type SecretPlaces } from "@systole/sdk";
import { StonithConfig } from "./config.js";
import { StonithDevice } from "./stonith-device.js";

const places: SecretPlaces = {
  env: process.env,
  async read(path) {
    const { mode } = await stat(path);
    return { mode, text: await readFile(path, "utf8") };
  },
};

const plugin = definePlugin({
  name: "fence-stonith",
  version: "0.1.0",
  runtimes: ["node"],
  config: StonithConfig,
  register(host, { devices, types, ...programs }) {
    for (const [name, settings] of Object.entries(devices)) {
      host.provide(FenceDevice, name, {
        inject: [Processes, ClusterAccess, Logger],
        create: (processes, cluster, log) =>
          new StonithDevice({
            name,
            settings,
            type: types[name],
            programs,
            places,
            processes,
            cluster,
            log: log.child({ device: name }),
          }),
      });
    }
  },
});

export default plugin;
