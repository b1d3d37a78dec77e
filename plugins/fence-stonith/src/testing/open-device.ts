// A device as the daemon would make it: the configuration judged, the plugin registered, and what runs programs put in.
import { FenceDevice, Processes } from "@systole/sdk";
import { service, TestHost } from "@systole/sdk/testkit";
import plugin from "../index.js";

/** This node is `master`. */
export function deviceOpener(processes: Processes) {
  const bootDevices = (config: unknown): Promise<TestHost> =>
    TestHost.boot(plugin, { config, services: [service(Processes, processes)] });
  return {
    bootDevices,
    async openDevice(settings: object, environment: object = {}): Promise<FenceDevice> {
      const host = await bootDevices({ devices: { rack: settings }, environment });
      return host.get(FenceDevice, "rack");
    },
    /** What is wrong with the configuration; "" when nothing is. */
    problemWith: (config: unknown): Promise<string> =>
      bootDevices(config).then(
        () => "",
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
  };
}
