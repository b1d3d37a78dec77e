/** Provides devices behind fence agents, each under the name that the configuration gives it. @packageDocumentation */
import { readFile, stat } from "node:fs/promises";
import { definePlugin, FenceDevice, Logger, Processes, type SecretPlaces } from "@systole/sdk";
import { AgentDevice } from "./agent-device.js";
import { AgentsConfig } from "./config.js";

const places: SecretPlaces = {
  env: process.env,
  async read(path) {
    const { mode } = await stat(path);
    return { mode, text: await readFile(path, "utf8") };
  },
};

const plugin = definePlugin({
  name: "fence-agents",
  version: "0.1.0",
  runtimes: ["node"],
  config: AgentsConfig,
  register(host, { devices, descriptions, directory }) {
    for (const [name, settings] of Object.entries(devices)) {
      const description = descriptions.get(settings.agent);
      if (description === undefined) continue;
      host.provide(FenceDevice, name, {
        inject: [Processes, Logger],
        create: (processes, log) =>
          new AgentDevice({
            name,
            settings,
            description,
            directory,
            places,
            processes,
            log: log.child({ device: name }),
          }),
      });
    }
  },
});

export default plugin;
