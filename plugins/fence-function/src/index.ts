/** Provides devices that are functions in a cloud, each under the name that the configuration gives it. @packageDocumentation */
import { readFile, stat } from "node:fs/promises";
import { Clock, definePlugin, FenceDevice, Logger, type SecretPlaces } from "@systole/sdk";
import { FunctionConfig } from "./config.js";
import { FunctionDevice } from "./function-device.js";

const places: SecretPlaces = {
  env: process.env,
  async read(path) {
    const { mode } = await stat(path);
    return { mode, text: await readFile(path, "utf8") };
  },
};

const plugin = definePlugin({
  name: "fence-function",
  version: "0.1.0",
  runtimes: ["node"],
  config: FunctionConfig,
  register(host, { devices }) {
    for (const [name, settings] of Object.entries(devices)) {
      host.provide(FenceDevice, name, {
        inject: [Clock, Logger],
        create: (clock, log) =>
          new FunctionDevice({ name, settings, places, clock, log: log.child({ device: name }) }),
      });
    }
  },
});

export default plugin;
