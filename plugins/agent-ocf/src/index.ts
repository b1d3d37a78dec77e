/** Provides agents of OCF, unmodified, under the name `ocf`. @packageDocumentation */
import { AgentCatalogue, definePlugin, Logger, Processes, ResourceAgent } from "@systole/sdk";
import { OcfCatalogue } from "./catalogue.js";
import { OcfConfig } from "./config.js";
import { OcfAgent } from "./ocf-agent.js";

const plugin = definePlugin({
  name: "agent-ocf",
  version: "0.1.0",
  runtimes: ["node"],
  config: OcfConfig,
  register(host, config) {
    host.provide(ResourceAgent, "ocf", {
      inject: [Processes, Logger],
      create: (processes, log) => new OcfAgent(config, processes, log),
    });
    host.provide(AgentCatalogue, "ocf", {
      inject: [Processes],
      create: (processes) => new OcfCatalogue(config, processes),
    });
  },
});

export default plugin;
