// Init scripts as resources: heartbeat's own in resource.d, and the system's in init.d.
import { AgentCatalogue, definePlugin, Logger, Processes, ResourceAgent } from "@systole/sdk";
import { ScriptCatalogue } from "./catalogue.js";
import { LsbConfig, scriptEnvironment } from "./config.js";
import { ScriptAgent } from "./script-agent.js";
import { heartbeatConvention, lsbConvention } from "./status-rule.js";

const plugin = definePlugin({
  name: "agent-lsb",
  version: "0.1.0",
  runtimes: ["node"],
  config: LsbConfig,
  register(host, config) {
    const environment = scriptEnvironment(config);
    host.provide(ResourceAgent, "heartbeat", {
      inject: [Processes, Logger],
      create: (processes, log) =>
        new ScriptAgent(config.resourceDirectory, heartbeatConvention, environment, processes, log),
    });
    host.provide(ResourceAgent, "lsb", {
      inject: [Processes, Logger],
      create: (processes, log) =>
        new ScriptAgent(config.initDirectory, lsbConvention, environment, processes, log),
    });
    host.provide(AgentCatalogue, "heartbeat", {
      inject: [],
      create: () => new ScriptCatalogue("heartbeat", config.resourceDirectory),
    });
    host.provide(AgentCatalogue, "lsb", {
      inject: [],
      create: () => new ScriptCatalogue("lsb", config.initDirectory),
    });
  },
});

export default plugin;
