// nginx as a resource, by the name `nginx`.
import { AgentCatalogue, Clock, definePlugin, Logger, Processes, ResourceAgent } from "@systole/sdk";
import { NginxAgent } from "./agent.js";
import { nginxCatalogue } from "./catalogue.js";

export { NGINX_PARAMETERS, type ParameterDescription } from "./parameters.js";

const plugin = definePlugin({
  name: "agent-nginx",
  version: "0.1.0",
  runtimes: ["node"],
  register(host) {
    host.provide(ResourceAgent, "nginx", {
      inject: [Processes, Logger, Clock],
      create: (processes, log, clock) => new NginxAgent(processes, log, clock),
    });
    host.provide(AgentCatalogue, "nginx", { inject: [], create: () => nginxCatalogue });
  },
});

export default plugin;
