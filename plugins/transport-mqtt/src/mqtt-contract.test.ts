// The contract of a medium, through a real mosquitto: both versions of the protocol, and over a WebSocket.
import { transportCasesFor } from "@systole/sdk/testkit";
import { describe, expect, test } from "vitest";
import { brokerSubject } from "./contract.js";
import { WITHOUT_MOSQUITTO } from "./testing/mosquitto.js";

const WEBSOCKET = ["protocol websockets", "allow_anonymous true"];

const overTcp = { "MQTT 5": brokerSubject(5), "MQTT 3.1.1": brokerSubject("3.1.1") };
const overWebSocket = brokerSubject(5, WEBSOCKET, (port) => `ws://127.0.0.1:${port}/mqtt`);
/** Those that depend on the connection: mosquitto takes 300 ms for a WebSocket. */
const ON_ANY_CONNECTION = ["any-bytes", "largest-frame", "many-frames", "silent-after-stop"];

describe.skipIf(WITHOUT_MOSQUITTO !== undefined)("transport contract", () => {
  for (const [kind, over] of Object.entries(overTcp)) {
    for (const one of transportCasesFor(over)) {
      test(`${kind}: ${one.id}: ${one.name}`, () => expect(one.run(over)).resolves.toBeUndefined());
    }
  }
  for (const one of transportCasesFor(overWebSocket).filter(({ id }) => ON_ANY_CONNECTION.includes(id))) {
    test(`WebSocket: ${one.id}: ${one.name}`, () => expect(one.run(overWebSocket)).resolves.toBeUndefined());
  }
});
