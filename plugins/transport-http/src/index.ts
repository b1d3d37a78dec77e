/** Media to nodes that are functions, each as `http:` and the name that the configuration gives it. @packageDocumentation */
import { readFile, stat } from "node:fs/promises";
import { Clock, ClusterAccess, definePlugin, readSecret, Transport, type SecretPlaces } from "@systole/sdk";
import { HttpConfig } from "./config.js";
import { HttpTransport } from "./http-transport.js";

const places: SecretPlaces = {
  env: process.env,
  async read(path) {
    const { mode } = await stat(path);
    return { mode, text: await readFile(path, "utf8") };
  },
};

export default definePlugin({
  name: "transport-http",
  version: "0.1.0",
  runtimes: ["node"],
  config: HttpConfig,
  register(host, { links }) {
    for (const [name, link] of Object.entries(links)) {
      host.provide(Transport, `http:${name}`, {
        inject: [Clock, ClusterAccess],
        create: (clock, cluster) =>
          new HttpTransport({
            medium: `http:${name}`,
            link,
            clock,
            readKey: () => readSecret(link.key, places),
            self: () => cluster.view().node,
          }),
      });
    }
  },
});
