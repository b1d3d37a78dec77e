/** Provides the fence device `template-name`. @packageDocumentation */
import { definePlugin, FenceDevice, type StandardSchema } from "@systole/sdk";
import { TemplateNameFenceDevice, type TemplateNameConfig } from "./template-name.js";

/** Any library with Standard Schema does the same in less: zod, valibot, arktype. */
const config: StandardSchema<TemplateNameConfig> = {
  "~standard": {
    version: 1,
    vendor: "template-name",
    validate(value) {
      const { url, nodes } = (value ?? {}) as Partial<TemplateNameConfig>;
      if (typeof url !== "string" || !URL.canParse(url) || !Array.isArray(nodes))
        return { issues: [{ message: "write `{ url: http://SWITCH, nodes: [ONE, OTHER] }`" }] };
      return { value: { url, nodes: nodes.map(String) } };
    },
  },
};

export default definePlugin({
  name: "fence-template-name",
  version: "0.1.0",
  runtimes: ["node"],
  config,
  register(host, settings) {
    host.provide(FenceDevice, "template-name", {
      inject: [],
      create: () => new TemplateNameFenceDevice(settings),
    });
  },
});
