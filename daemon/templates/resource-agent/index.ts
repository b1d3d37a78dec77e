/** Provides the resource agent `template-name`. @packageDocumentation */
import { definePlugin, ResourceAgent } from "@systole/sdk";
import { TemplateNameAgent } from "./template-name.js";

export default definePlugin({
  name: "agent-template-name",
  version: "0.1.0",
  runtimes: ["node"],
  register(host) {
    host.provide(ResourceAgent, "template-name", {
      inject: [],
      create: () => new TemplateNameAgent({ directory: "/run" }),
    });
  },
});
