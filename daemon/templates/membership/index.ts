/** Provides the membership protocol `template-name`. @packageDocumentation */
import { definePlugin, Membership } from "@systole/sdk";
import { TemplateNameMembership } from "./template-name.js";

export default definePlugin({
  name: "membership-template-name",
  version: "0.1.0",
  runtimes: ["node", "lambda", "workers"],
  register(host) {
    host.provide(Membership, "template-name", { inject: [], create: () => new TemplateNameMembership() });
  },
});
