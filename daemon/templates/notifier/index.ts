/** Provides the notifier `template-name`. @packageDocumentation */
import { definePlugin, Notifier, type StandardSchema } from "@systole/sdk";
import { TemplateNameNotifier } from "./template-name.js";

interface TemplateNameConfig {
  readonly url: string;
}

/** Any library with Standard Schema does the same in less: zod, valibot, arktype. */
const config: StandardSchema<TemplateNameConfig> = {
  "~standard": {
    version: 1,
    vendor: "template-name",
    validate(value) {
      const { url } = (value ?? {}) as Partial<TemplateNameConfig>;
      return typeof url === "string" && URL.canParse(url)
        ? { value: { url } }
        : { issues: [{ message: "write `{ url: https://EXAMPLE/EVENTS }`" }] };
    },
  },
};

export default definePlugin({
  name: "notifier-template-name",
  version: "0.1.0",
  runtimes: ["node"],
  config,
  register(host, { url }) {
    host.provide(Notifier, "template-name", { inject: [], create: () => new TemplateNameNotifier(url) });
  },
});
