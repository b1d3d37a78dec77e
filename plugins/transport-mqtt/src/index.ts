/** MQTT brokers as media: protocol 3.1.1 and 5, over TCP, TLS and WebSocket. @packageDocumentation */
import { Clock, ClusterAccess, definePlugin, Logger, Quorum, Transport } from "@systole/sdk";
import { BrokerQuorum } from "./broker-quorum.js";
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
      const name = `mqtt:${broker.name}`;
      // One connection for both, which is there as long as the medium is used.
      let medium: MqttTransport | undefined;
      const mediumOf = (access: ClusterAccess, clock: Clock, log: Logger): MqttTransport =>
        (medium ??= new MqttTransport({
          broker,
          cluster,
          prefix,
          node: () => access.view().node,
          clock,
          log,
          credentials: readCredentials,
          random: Math.random,
        }));
      host.provide(Transport, name, { inject: [ClusterAccess, Clock, Logger], create: mediumOf });
      host.provide(Quorum, name, {
        inject: [ClusterAccess, Clock, Logger],
        create: (access, clock, log) => new BrokerQuorum(mediumOf(access, clock, log), broker.answerMs),
      });
    }
  },
});
