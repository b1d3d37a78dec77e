/** Provides the authenticator `template-name`. @packageDocumentation */
import { readFileSync } from "node:fs";
import { Authenticator, definePlugin, type StandardSchema } from "@systole/sdk";
import { TemplateNameAuthenticator } from "./template-name.js";

interface TemplateNameConfig {
  /** Full path of the file that holds the key, for its owner's eyes only. */
  readonly keyFile: string;
}

/** Any library with Standard Schema does the same in less: zod, valibot, arktype. */
const config: StandardSchema<TemplateNameConfig> = {
  "~standard": {
    version: 1,
    vendor: "template-name",
    validate(value) {
      const { keyFile } = (value ?? {}) as Partial<TemplateNameConfig>;
      return typeof keyFile === "string"
        ? { value: { keyFile } }
        : { issues: [{ message: "write `{ keyFile: /etc/ha.d/KEY }`, a file with the key" }] };
    },
  },
};

export default definePlugin({
  name: "auth-template-name",
  version: "0.1.0",
  runtimes: ["node"],
  config,
  register(host, { keyFile }) {
    host.provide(Authenticator, "template-name", {
      inject: [],
      create: () => new TemplateNameAuthenticator(readFileSync(keyFile, "utf8").trim()),
    });
  },
});
