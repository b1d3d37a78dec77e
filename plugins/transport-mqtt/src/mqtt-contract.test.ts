// The contract of a medium, through a real mosquitto: both versions of the protocol, and over a WebSocket.
import { contractFor, runCase, transportCasesFor } from "@systole/sdk/testkit";
import { describe, expect, test } from "vitest";
import contract, { brokerSubject } from "./contract.js";
import { WITHOUT_MOSQUITTO } from "./testing/mosquitto.js";

const WEBSOCKET = ["protocol websockets", "allow_anonymous true"];

const overMqtt5 = brokerSubject(5);
const otherwise = {
  "MQTT 3.1.1": brokerSubject("3.1.1"),
  WebSocket: brokerSubject(5, WEBSOCKET, (port) => `ws://127.0.0.1:${port}/mqtt`),
};
/** The cases that depend on the protocol or the connection: mosquitto takes 300 ms for a WebSocket. */
const ON_ANY_CONNECTION = ["any-bytes", "largest-frame", "many-frames", "silent-after-stop"];

describe.skipIf(WITHOUT_MOSQUITTO !== undefined)("transport contract", () => {
  for (const one of transportCasesFor(overMqtt5)) {
    test(`MQTT 5: ${one.id}: ${one.name}`, () => expect(one.run(overMqtt5)).resolves.toBeUndefined());
  }
  for (const [way, over] of Object.entries(otherwise)) {
    for (const one of transportCasesFor(over).filter(({ id }) => ON_ANY_CONNECTION.includes(id))) {
      test(`${way}: ${one.id}: ${one.name}`, () => expect(one.run(over)).resolves.toBeUndefined());
    }
  }
});

describe.skipIf(WITHOUT_MOSQUITTO !== undefined)("the contract of a quorum", () => {
  const quorums = contractFor("quorum");
  const source = contract.subjects.quorum?.["mqtt:test"];
  test.each(quorums.cases)("$id: $name", async (one) => {
    if (source === undefined) throw new Error("there is no subject");
    expect((await runCase(quorums, one, source)).outcome).not.toBe("failed");
  });
});
