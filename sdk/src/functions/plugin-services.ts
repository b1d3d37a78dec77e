// A plugin inside a function: its configuration is judged, it declares, and what a call asks for is made then, once.
import { Clock, Logger, SystoleError, type Plugin, type RuntimeName, type Token } from "@systole/core/ports";
import { register, validConfig } from "../hosting/plugin-registration.js";
import { isPart, ProvidedServices, service, type Service } from "../hosting/provided-services.js";
import { RealClock } from "../real-clock.js";
import { ConsoleLogger } from "./console-logger.js";
import type { FunctionServices } from "./perform-call.js";

/** Throws `PLUGIN_RUNTIME_UNSUPPORTED`. */
export function demandRuntime({ name, runtimes }: Plugin, runtime: RuntimeName): void {
  if (runtimes.includes(runtime)) return;
  throw new SystoleError(
    "PLUGIN_RUNTIME_UNSUPPORTED",
    `${name} runs on ${runtimes.join(", ")}, and this is ${runtime}. If it needs nothing that ${runtime} does not have, add "${runtime}" to its runtimes.`,
  );
}

/** Throws as the daemon's host does: `PLUGIN_CONFIG_INVALID`, `PLUGIN_REGISTER_FAILED`, `PLUGIN_DUPLICATE`. */
export async function pluginServices(
  plugin: Plugin,
  config: unknown,
  given: readonly Service[],
): Promise<FunctionServices> {
  const all = [...given, service(Clock, new RealClock()), service(Logger, new ConsoleLogger())];
  const provided = new ProvidedServices(all, "which a function does not have: pass it to serve, as services");
  register(plugin, provided, await validConfig(plugin, config));
  const started = new Map<object, Promise<void>>();
  return {
    names: (port) => provided.names(port),
    async get<Port>(port: Token<Port>, name: string) {
      const made = provided.make(port, name);
      if (made === undefined) return undefined;
      const instance = made.instance as Port & object;
      if (isPart(port, instance)) {
        const start = started.get(instance) ?? instance.start(new AbortController().signal);
        started.set(instance, start);
        await start.catch((cause: unknown) => {
          started.delete(instance);
          throw cause;
        });
      }
      return instance;
    },
  };
}
