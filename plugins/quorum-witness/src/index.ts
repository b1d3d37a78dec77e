/** A quorum that is a witness, or several: who holds the lease may serve. @packageDocumentation */
import { readFile, stat } from "node:fs/promises";
import { Clock, definePlugin, Logger, Quorum, type SecretPlaces } from "@systole/sdk";
import { WitnessConfig } from "./config.js";
import { WitnessQuorum } from "./witness-quorum.js";

const places: SecretPlaces = {
  env: process.env,
  async read(path) {
    const { mode } = await stat(path);
    return { mode, text: await readFile(path, "utf8") };
  },
};

export default definePlugin({
  name: "quorum-witness",
  version: "0.1.0",
  runtimes: ["node"],
  config: WitnessConfig,
  register(host, config) {
    host.provide(Quorum, "witness", {
      inject: [Clock, Logger],
      create: (clock, log) => new WitnessQuorum({ config, places, clock, log }),
    });
  },
});
