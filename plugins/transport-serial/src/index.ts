/** Serial media: frames in string form over a null-modem cable. @packageDocumentation */
import { definePlugin, Logger, Transport } from "@systole/sdk";
import { SerialConfig } from "./config.js";
import { openSerialDevice } from "./serial-device.js";
import { SerialTransport } from "./serial-transport.js";

export type { SerialConfig, SerialPortConfig } from "./config.js";

export default definePlugin({
  name: "transport-serial",
  version: "0.1.0",
  runtimes: ["node"],
  config: SerialConfig,
  register(host, config) {
    for (const port of config.ports) {
      host.provide(Transport, port.name, {
        inject: [Logger],
        create: (log) => new SerialTransport(port, openSerialDevice, log),
      });
    }
  },
});
