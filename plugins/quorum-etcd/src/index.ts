/** A quorum in etcd: who has the cluster's key there may serve. @packageDocumentation */
import { Clock, definePlugin, Logger, Quorum } from "@systole/sdk";
import { EtcdConfig } from "./config.js";
import { EtcdQuorum } from "./etcd-quorum.js";
import { openDoor } from "./https-door.js";

export default definePlugin({
  name: "quorum-etcd",
  version: "0.1.0",
  runtimes: ["node"],
  config: EtcdConfig,
  register(host, config) {
    host.provide(Quorum, "etcd", {
      inject: [Clock, Logger],
      create: (clock, log) => new EtcdQuorum({ config, open: () => openDoor(config), clock, log }),
    });
  },
});
