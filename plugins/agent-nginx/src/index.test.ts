// What does the plugin offer?
import type { PluginHost, Token } from "@systole/sdk";
import { expect, test } from "vitest";
import plugin from "./index.js";

test("provides the agent nginx, and its description", () => {
  const offered: string[] = [];
  const host: PluginHost = {
    provide: (port: Token<unknown>, name: string) => void offered.push(`${port.port} ${name}`),
  };
  plugin.register(host, undefined as never);
  expect(offered).toEqual(["resource-agent nginx", "agent-catalogue nginx"]);
});
