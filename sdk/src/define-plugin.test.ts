import { expect, it } from "vitest";
import { Clock, definePlugin, Logger, SDK_VERSION, Store, type StandardSchema } from "./index.js";

const schema: StandardSchema<{ readonly path: string }> = {
  "~standard": { version: 1, vendor: "test", validate: () => ({ value: { path: "/x" } }) },
};

it("stamps a definition, freezes it, and types what is injected", () => {
  const plugin = definePlugin({
    name: "store-demo",
    runtimes: ["node"],
    config: schema,
    register(host, config) {
      host.provide(Store, config.path, {
        inject: [Clock, Logger],
        create: (clock, log) => {
          log.info("store.made", { atMs: clock.nowMs() });
          return { read: async () => undefined, write: async () => undefined, remove: async () => undefined };
        },
      });
    },
  });
  expect(plugin).toMatchObject({ kind: "systole.plugin", sdk: SDK_VERSION, name: "store-demo" });
  expect(Object.isFrozen(plugin)).toBe(true);
});
