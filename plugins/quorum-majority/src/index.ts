/** A quorum of the nodes themselves. @packageDocumentation */
import { definePlugin, Quorum } from "@systole/sdk";
import * as v from "valibot";
import { Majority } from "./majority.js";

export default definePlugin({
  name: "quorum-majority",
  version: "0.1.0",
  runtimes: ["node", "lambda", "workers"],
  config: v.optional(v.strictObject({}, "there is nothing to configure"), {}),
  register(host) {
    host.provide(Quorum, "majority", { inject: [], create: () => new Majority() });
  },
});
