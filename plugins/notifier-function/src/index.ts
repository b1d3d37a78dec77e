/** Provides notifiers that are functions in a cloud, each under the name that the configuration gives it. @packageDocumentation */
import { readFile, stat } from "node:fs/promises";
import { Clock, definePlugin, Logger, Notifier, type SecretPlaces } from "@systole/sdk";
import { FunctionClient } from "@systole/sdk/functions";
import { NotifierFunctionConfig } from "./config.js";
import { FunctionNotifier } from "./function-notifier.js";

const places: SecretPlaces = {
  env: process.env,
  async read(path) {
    const { mode } = await stat(path);
    return { mode, text: await readFile(path, "utf8") };
  },
};

const plugin = definePlugin({
  name: "notifier-function",
  version: "0.1.0",
  runtimes: ["node"],
  config: NotifierFunctionConfig,
  register(host, { functions }) {
    for (const [name, settings] of Object.entries(functions)) {
      host.provide(Notifier, name, {
        inject: [Clock, Logger],
        create(clock, log) {
          const own = log.child({ notifier: name });
          const { url, key, cluster, timeoutMs } = settings;
          const client = new FunctionClient({
            url,
            key,
            keyName: cluster,
            attemptTimeoutMs: timeoutMs,
            places,
            clock,
            onRepeat: ({ operation }, attempts, reason) =>
              own.info("function.call-repeated", { operation, attempts, reason }),
          });
          return new FunctionNotifier(client, settings, clock, own);
        },
      });
    }
  },
});

export default plugin;
