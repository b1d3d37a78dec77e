/** Provides the quorum `template-name`. @packageDocumentation */
import { definePlugin, Quorum, type StandardSchema } from "@systole/sdk";
import { TemplateNameQuorum } from "./template-name.js";

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
        : { issues: [{ message: "write `{ url: https://WITNESS }`" }] };
    },
  },
};

export default definePlugin({
  name: "quorum-template-name",
  version: "0.1.0",
  runtimes: ["node"],
  config,
  register(host, { url }) {
    host.provide(Quorum, "template-name", { inject: [], create: () => new TemplateNameQuorum(url) });
  },
});
