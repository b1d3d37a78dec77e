/** MQTT brokers as media: protocol 3.1.1 and 5, over TCP, TLS and WebSocket. @packageDocumentation */
import { Clock, ClusterAccess, definePlugin, Logger, Transport } from "@systole/sdk";
import { MqttConfig } from "./config.js";
import { readCredentials } from "./credentials.js";
import { MqttTransport } from "./mqtt-transport.js";

export { readBrokerUrl, shortName, type BrokerAddress } from "./broker-url.js";
export type { MqttConfig, MqttConfigInput } from "./config.js";
export { clusterProblem, DEFAULT_CLUSTER, DEFAULT_PREFIX, prefixProblem } from "./topics.js";

export default definePlugin({
  name: "transport-mqtt",
  version: "0.1.0",
  runtimes: ["node"],
  config: MqttConfig,
  register(host, { cluster, prefix, brokers }) {
    for (const broker of brokers) {
      host.provide(Transport, `mqtt:${broker.name}`, {
        inject: [ClusterAccess, Clock, Logger],
        create: (access, clock, log) =>
          new MqttTransport({
            broker,
            cluster,
            prefix,
            node: () => access.view().node,
            clock,
            log,
            credentials: readCredentials,
            random: Math.random,
          }),
      });
    }
  },
});
