// What does the plugin offer, and which configurations does it take?
import type { PluginHost, Token } from "@systole/sdk";
import { expect, test } from "vitest";
import plugin from "./index.js";

test("provides the agents heartbeat and lsb, with defaults when nothing is configured", async () => {
  const offered: string[] = [];
  const host: PluginHost = {
    provide: (port: Token<unknown>, name: string) => void offered.push(`${port.port} ${name}`),
  };
  const judged = await plugin.config?.["~standard"].validate(undefined);
  expect(judged).toEqual({
    value: { resourceDirectory: "/etc/ha.d/resource.d", initDirectory: "/etc/init.d", environment: {} },
    typed: true,
  });
  plugin.register(host, (judged && "value" in judged ? judged.value : undefined) as never);
  expect(offered).toEqual([
    "resource-agent heartbeat",
    "resource-agent lsb",
    "agent-catalogue heartbeat",
    "agent-catalogue lsb",
  ]);
});

test.each([
  { initDirectory: "etc/init.d" },
  { environment: { "bad name": "1" } },
  { environment: { HA_X: 1 } },
  { resourceDir: "/x" },
])("refuses %j", async (config) => {
  const judged = await plugin.config?.["~standard"].validate(config);
  expect(judged?.issues).toHaveLength(1);
});
