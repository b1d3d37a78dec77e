/** heartbeat's authenticators as a plugin. @packageDocumentation */
import { Authenticator, definePlugin } from "@systole/sdk";
import { ClassicAuthenticator } from "./classic-authenticator.js";
import { ClassicConfig } from "./classic-config.js";

export { ClassicAuthenticator } from "./classic-authenticator.js";
export { ClassicConfig, type ClassicKey } from "./classic-config.js";

/** Provides the authenticator `classic`: crc, md5 and sha1 as heartbeat's authkeys file means them. */
export default definePlugin({
  name: "auth-classic",
  version: "0.1.0",
  runtimes: ["node"],
  config: ClassicConfig,
  register(host, config) {
    host.provide(Authenticator, "classic", {
      inject: [],
      create: () => new ClassicAuthenticator(config),
    });
  },
});
