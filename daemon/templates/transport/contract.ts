// What the contract of transports is run on: two ends on the loopback interface.
import { createSocket } from "node:dgram";
import { defineSubjects } from "@systole/sdk/testkit";
import { TemplateNameTransport } from "./template-name.js";

const [one, other] = ["127.0.0.1", "127.0.0.2"];

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, one, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

export default defineSubjects({
  config: { address: one, peer: other, port: 6941 },
  subjects: {
    transport: {
      "template-name": {
        open: () => ({
          offers: ["two-ends"],
          async open() {
            const port = await freePort();
            return {
              sender: new TemplateNameTransport({ address: one, peer: other, port }),
              receiver: new TemplateNameTransport({ address: other, peer: one, port }),
              close: async () => undefined,
            };
          },
        }),
      },
    },
  },
});
