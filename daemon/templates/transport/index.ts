/** Provides the transport `template-name`. @packageDocumentation */
import { definePlugin, Transport, type StandardSchema } from "@systole/sdk";
import { TemplateNameTransport, type TemplateNameConfig } from "./template-name.js";

/** Any library with Standard Schema does the same in less: zod, valibot, arktype. */
const config: StandardSchema<TemplateNameConfig> = {
  "~standard": {
    version: 1,
    vendor: "template-name",
    validate(value) {
      const { address, peer, port } = (value ?? {}) as Partial<TemplateNameConfig>;
      if (typeof address !== "string" || typeof peer !== "string" || typeof port !== "number")
        return { issues: [{ message: "write `{ address: OWN, peer: OTHER, port: NUMBER }`" }] };
      return { value: { address, peer, port } };
    },
  },
};

export default definePlugin({
  name: "transport-template-name",
  version: "0.1.0",
  runtimes: ["node"],
  config,
  register(host, settings) {
    host.provide(Transport, "template-name", {
      inject: [],
      create: () => new TemplateNameTransport(settings),
    });
  },
});
