/** heartbeat's client API on its own unix socket, for `cl_status`, `ipfail` and other programs. @packageDocumentation */
import { readFileSync } from "node:fs";
import { Clock, ClusterAccess, Companion, definePlugin, Logger, MessageCodec } from "@systole/sdk";
import { idTable } from "./access.js";
import { ApiConfig } from "./config.js";
import { HeartbeatApi } from "./heartbeat-api.js";
import { loadCredentials } from "./peer-credentials.js";

export type { AccessRule, ApiConfig } from "./config.js";

function tableOf(path: string): ReadonlyMap<string, number> {
  try {
    return idTable(readFileSync(path, "utf8"));
  } catch {
    return new Map();
  }
}

export default definePlugin({
  name: "api-heartbeat",
  version: "0.1.0",
  runtimes: ["node"],
  config: ApiConfig,
  register(host, config) {
    host.provide(Companion, "api-heartbeat", {
      inject: [ClusterAccess, MessageCodec, Logger, Clock],
      create: (cluster, codec, log, clock) =>
        new HeartbeatApi({
          config,
          cluster,
          codec,
          log,
          clock,
          credentials: loadCredentials(),
          readAccess: () => ({
            rules: config.access,
            users: tableOf("/etc/passwd"),
            groups: tableOf("/etc/group"),
          }),
        }),
    });
  },
});
