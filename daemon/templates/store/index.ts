/** Provides the store `template-name`. @packageDocumentation */
import { definePlugin, Store } from "@systole/sdk";
import { TemplateNameStore } from "./template-name.js";

export default definePlugin({
  name: "store-template-name",
  version: "0.1.0",
  runtimes: ["node"],
  register(host) {
    host.provide(Store, "template-name", {
      inject: [],
      create: () => new TemplateNameStore("/var/lib/template-name"),
    });
  },
});
