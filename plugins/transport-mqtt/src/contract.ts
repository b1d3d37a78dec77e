// What the contract of transports is run on: two nodes at a mosquitto that is started for it.
import { defineSubjects, type TransportSubject } from "@systole/sdk/testkit";
import { Mosquitto } from "./testing/mosquitto.js";
import { nodeAt } from "./testing/node-at-broker.js";

/** Over a broker with these lines in its configuration, at the URL with its port. */
export function brokerSubject(
  version: 5 | "3.1.1",
  lines: readonly string[] = ["allow_anonymous true"],
  urlAt: (port: number) => string = (port) => `mqtt://127.0.0.1:${port}`,
): TransportSubject {
  return {
    offers: ["two-ends"],
    async open() {
      const broker = await Mosquitto.start({ lines });
      const at = { url: urlAt(broker.port), version };
      return {
        sender: nodeAt(at, "alpha").transport,
        receiver: nodeAt(at, "beta").transport,
        close: () => broker.close(),
      };
    },
  };
}

export default defineSubjects({
  config: { brokers: [{ name: "test", url: "mqtt://127.0.0.1" }] },
  subjects: { transport: { "mqtt:test": { open: () => brokerSubject(5) } } },
});
