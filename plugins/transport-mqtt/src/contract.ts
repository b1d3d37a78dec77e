// What the contract of transports is run on: two nodes at a mosquitto that is started for it.
import {
  defineSubjects,
  type QuorumSubject,
  type SubjectSource,
  type TransportSubject,
} from "@systole/sdk/testkit";
import { BrokerQuorum } from "./broker-quorum.js";
import { Mosquitto, WITHOUT_MOSQUITTO } from "./testing/mosquitto.js";
import { never, nodeAt } from "./testing/node-at-broker.js";

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

/** How to close what a quorum's subject has opened. */
const opened = new WeakMap<QuorumSubject, () => Promise<void>>();

/** The same broker as a quorum. */
const quorumSubject: SubjectSource<QuorumSubject> = {
  async open() {
    const broker = await Mosquitto.start();
    const { transport } = nodeAt({ url: `mqtt://127.0.0.1:${broker.port}` }, "alpha");
    await transport.start(never);
    const subject: QuorumSubject = {
      quorum: new BrokerQuorum(transport, 200),
      question: { self: "alpha", nodes: ["alpha", "beta"], alive: ["alpha"] },
      break: () => broker.kill(),
      stall: async () => broker.freeze(),
    };
    opened.set(subject, async () => {
      await transport.stop();
      await broker.close();
    });
    return subject;
  },
  close: (subject) => opened.get(subject)?.(),
  unavailable: () => WITHOUT_MOSQUITTO,
};

export default defineSubjects({
  config: { brokers: [{ name: "test", url: "mqtt://127.0.0.1" }] },
  subjects: {
    transport: { "mqtt:test": { open: () => brokerSubject(5), unavailable: () => WITHOUT_MOSQUITTO } },
    quorum: { "mqtt:test": quorumSubject },
  },
});
