// The contract of a medium, run over the loopback interface by ucast, bcast and mcast, bound to addresses.
import { RecordingLogger, transportCasesFor, type TransportSubject } from "@systole/sdk/testkit";
import { describe, expect, test } from "vitest";
import type { Medium } from "./config.js";
import { SharedParts } from "./shared-parts.js";
import { FakeNetwork, freePort } from "./testing/fake-network.js";
import { UdpTransport } from "./udp-transport.js";

function transportAt(own: string, medium: Medium): UdpTransport {
  return new UdpTransport(medium, new SharedParts(FakeNetwork.loopback(own)), new RecordingLogger());
}

function subject(mediumTowards: (peer: string, port: number) => Medium): TransportSubject {
  return {
    offers: ["two-ends"],
    open: async () => {
      const port = await freePort();
      return {
        sender: transportAt("127.0.0.1", mediumTowards("127.0.0.2", port)),
        receiver: transportAt("127.0.0.2", mediumTowards("127.0.0.1", port)),
        close: async () => undefined,
      };
    },
  };
}

const media = {
  ucast: subject((address, port) => ({ name: "a", kind: "ucast", interface: "lo", address, port })),
  bcast: subject((_, port) => ({ name: "a", kind: "bcast", interface: "lo", port })),
  mcast: subject((_, port) => ({
    name: "a",
    kind: "mcast",
    interface: "lo",
    group: "239.77.0.1",
    port,
    ttl: 1,
    loop: true,
  })),
};

for (const [kind, over] of Object.entries(media)) {
  describe(`transport contract: ${kind} on loopback`, () => {
    for (const one of transportCasesFor(over)) {
      test(`${one.id}: ${one.name}`, () => expect(one.run(over)).resolves.toBeUndefined());
    }
  });
}
