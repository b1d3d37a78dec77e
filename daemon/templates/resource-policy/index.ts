/** Provides the resource policy `template-name`. @packageDocumentation */
import { definePlugin, ResourcePolicy } from "@systole/sdk";
import { TemplateNamePolicy } from "./template-name.js";

export default definePlugin({
  name: "policy-template-name",
  version: "0.1.0",
  runtimes: ["node", "lambda", "workers"],
  register(host) {
    host.provide(ResourcePolicy, "template-name", { inject: [], create: () => new TemplateNamePolicy() });
  },
});
