/** Provides units of systemd under the name `systemd`. @packageDocumentation */
import { AgentCatalogue, Clock, definePlugin, Logger, Processes, ResourceAgent } from "@systole/sdk";
import { UnitCatalogue } from "./catalogue.js";
import { SystemdConfig } from "./config.js";
import { Systemctl } from "./systemctl.js";
import { UnitAgent } from "./unit-agent.js";

const plugin = definePlugin({
  name: "agent-systemd",
  version: "0.1.0",
  runtimes: ["node"],
  config: SystemdConfig,
  register(host, config) {
    host.provide(ResourceAgent, "systemd", {
      inject: [Processes, Clock, Logger],
      create: (processes, clock, log) =>
        new UnitAgent(new Systemctl(config.systemctl, processes), clock, log),
    });
    host.provide(AgentCatalogue, "systemd", {
      inject: [Processes],
      create: (processes) => new UnitCatalogue(new Systemctl(config.systemctl, processes)),
    });
  },
});

export default plugin;
