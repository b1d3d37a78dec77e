/** Declares the five providers. What each of them is told stands in systole.yaml. @packageDocumentation */
import {
  Authenticator,
  definePlugin,
  FenceDevice,
  Logger,
  Notifier,
  ResourceAgent,
  Transport,
} from "@systole/sdk";
import { CommandFenceDevice } from "./command-fence-device.js";
import { CustomConfig } from "./config.js";
import { FileNotifier } from "./file-notifier.js";
import { HmacAuthenticator, readKeys } from "./hmac-authenticator.js";
import { ProgramAgent } from "./program-agent.js";
import { TcpTransport } from "./tcp-transport.js";

export default definePlugin({
  name: "custom-plugin",
  version: "0.1.0",
  runtimes: ["node"],
  config: CustomConfig,
  register(host, { tcp, hmac, command, file }) {
    host.provide(Transport, "tcp", { inject: [Logger], create: (log) => new TcpTransport(tcp, log) });
    host.provide(Authenticator, "hmac", {
      inject: [],
      create: () => new HmacAuthenticator(hmac.sign, readKeys(hmac.keys)),
    });
    host.provide(ResourceAgent, "program", { inject: [], create: () => new ProgramAgent() });
    host.provide(FenceDevice, "command", { inject: [], create: () => new CommandFenceDevice(command) });
    host.provide(Notifier, "file", { inject: [], create: () => new FileNotifier(file.path) });
  },
});
