// The third node of the suite, as its author writes it once for every host: its agent and its notifier are calls to a provider.
import authClassic from "@systole/auth-classic/anywhere";
import type { WorkersNodeConfig } from "@systole/core/workers";
import {
  definePlugin,
  Notifier,
  ResourceAgent,
  type OperationResult,
  type StandardSchema,
} from "@systole/sdk";

export interface GammaEnvironment {
  readonly PROVIDER: string;
  readonly KEY: string;
}

/** Long enough for a machine on which everything else is tested at the same time. */
export const KEEPALIVE_MS = 500;
export const DEAD_MS = 5000;
export const FRAMES_KEY = { sign: 1, keys: [{ index: 1, method: "sha1", key: "shared" }] };
export const CLUSTER = "suite";

const Provider: StandardSchema<string> = {
  "~standard": {
    version: 1,
    vendor: "suite",
    validate: (value) =>
      typeof value === "string" ? { value } : { issues: [{ message: "must be the provider's address" }] },
  },
};

/** What a provider's API is: it does what it is told, and knows what it has done. */
const provider = definePlugin({
  name: "agent-provider",
  runtimes: ["node", "lambda", "workers"],
  config: Provider,
  register(host, url) {
    const ask = async (path: string, signal: AbortSignal, body = ""): Promise<OperationResult> => {
      const response = await fetch(`${url}/${path}`, { method: "POST", body, signal });
      return { ok: true, state: (await response.text()) === "running" ? "running" : "stopped" };
    };
    host.provide(ResourceAgent, "provider", {
      inject: [],
      create: () => ({
        supports: { announce: false },
        start: (_, signal) => ask("start", signal),
        stop: (_, signal) => ask("stop", signal),
        status: (_, signal) => ask("status", signal),
        validate: async () => [],
      }),
    });
    host.provide(Notifier, "provider", {
      inject: [],
      create: () => ({
        notify: async (event, signal) => void (await ask("event", signal, JSON.stringify(event))),
      }),
    });
  },
});

export function gamma({ PROVIDER, KEY }: GammaEnvironment): WorkersNodeConfig {
  return {
    node: "gamma",
    nodes: ["alpha", "beta", "gamma"],
    cluster: CLUSTER,
    key: KEY,
    plugins: [
      { plugin: authClassic, with: FRAMES_KEY },
      { plugin: provider, with: PROVIDER },
    ],
    groups: [{ home: "alpha", resources: [{ name: "service", agent: "provider" }] }],
    notifiers: ["provider"],
    keepaliveMs: KEEPALIVE_MS,
    deadMs: DEAD_MS,
  };
}
