/** A quorum of the nodes themselves. @packageDocumentation */
import { Clock, ClusterAccess, definePlugin, Logger, named, Quorum, Store } from "@systole/sdk";
import { MajorityConfig } from "./config.js";
import { Majority } from "./majority.js";
import { RememberingMajority } from "./remembering-majority.js";

export default definePlugin({
  name: "quorum-majority",
  version: "0.1.0",
  runtimes: ["node", "lambda", "workers"],
  config: MajorityConfig,
  register(host, config) {
    const { tieBreaker: rule, ...others } = config;
    const tieBreaker = rule === undefined || (typeof rule === "object" && "quorum" in rule) ? [] : rule;
    const other = typeof rule === "object" && "quorum" in rule ? [named(Quorum, rule.quorum)] : [];
    const make = { config: others, tieBreaker };
    if (config.waitForAll || config.lastManStanding)
      host.provide(Quorum, "majority", {
        inject: [ClusterAccess, Clock, Store, Logger, ...other],
        create: (cluster, clock, store, log, device?: Quorum) =>
          new RememberingMajority({ ...make, cluster, clock, store, log, ...(device && { device }) }),
      });
    else
      host.provide(Quorum, "majority", {
        inject: other,
        create: (device?: Quorum) =>
          new Majority({ weights: config.weights, tieBreaker, ...(device && { device }) }),
      });
  },
});
