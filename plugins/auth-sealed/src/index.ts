/** Sealed frames as a plugin. @packageDocumentation */
import { Clock, definePlugin, Logger, Sealer } from "@systole/sdk";
import { SealedConfig } from "./sealed-config.js";
import { SealedFrames } from "./sealed-frames.js";

export { KeyDirectory, type NodeKeys } from "./key-directory.js";
export { isNodeName, type RevokedKey } from "./key-files.js";
export { PublicKey, SecretKey } from "./node-key.js";
export { SealedConfig } from "./sealed-config.js";
export { SealedFrames } from "./sealed-frames.js";

/** Provides the sealer `sealed`: a key of its own for each node, AES-256-GCM, and no frame believed twice. */
export default definePlugin({
  name: "auth-sealed",
  version: "0.1.0",
  runtimes: ["node"],
  config: SealedConfig,
  register(host, config) {
    host.provide(Sealer, "sealed", {
      inject: [Clock, Logger],
      create: (clock, log) => new SealedFrames(config, clock, log),
    });
  },
});
