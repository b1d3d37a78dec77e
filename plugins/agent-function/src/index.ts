/** Provides agents that are functions in a cloud, each under the name that the configuration gives it. @packageDocumentation */
import { readFile, stat } from "node:fs/promises";
import { AgentCatalogue, Clock, definePlugin, Logger, ResourceAgent, type SecretPlaces } from "@systole/sdk";
import { FunctionClient } from "@systole/sdk/functions";
import { FunctionCatalogue } from "./catalogue.js";
import { AgentFunctionConfig, type AgentConfig } from "./config.js";
import { FunctionAgent } from "./function-agent.js";

const places: SecretPlaces = {
  env: process.env,
  async read(path) {
    const { mode } = await stat(path);
    return { mode, text: await readFile(path, "utf8") };
  },
};

function clientOf({ url, key, cluster, timeoutMs }: AgentConfig, clock: Clock, log: Logger): FunctionClient {
  return new FunctionClient({
    url,
    key,
    keyName: cluster,
    attemptTimeoutMs: timeoutMs,
    places,
    clock,
    onRepeat: ({ operation }, attempts, reason) =>
      log.info("function.call-repeated", { operation, attempts, reason }),
  });
}

const plugin = definePlugin({
  name: "agent-function",
  version: "0.1.0",
  runtimes: ["node"],
  config: AgentFunctionConfig,
  register(host, { agents }) {
    for (const [name, settings] of Object.entries(agents)) {
      host.provide(ResourceAgent, name, {
        inject: [Clock, Logger],
        create(clock, log) {
          const own = log.child({ agent: name });
          return new FunctionAgent(clientOf(settings, clock, own), settings, clock, own);
        },
      });
      host.provide(AgentCatalogue, name, {
        inject: [Clock, Logger],
        create: (clock, log) => new FunctionCatalogue(name, clientOf(settings, clock, log), settings),
      });
    }
  },
});

export default plugin;
