// A device as the daemon would make it: the configuration judged, the plugin registered, real programs.
import { NodeProcesses } from "@systole/core/node";
import { FenceDevice, Processes } from "@systole/sdk";
import { service, TestHost } from "@systole/sdk/testkit";
import plugin from "../index.js";

/** This node is `master`. */
export async function bootDevices(config: unknown): Promise<TestHost> {
  return TestHost.boot(plugin, { config, services: [service(Processes, new NodeProcesses())] });
}

export async function openDevice(settings: object, environment: object = {}): Promise<FenceDevice> {
  const host = await bootDevices({ devices: { rack: settings }, environment });
  return host.get(FenceDevice, "rack");
}

/** What is wrong with the configuration; "" when nothing is. */
export async function problemWith(config: unknown): Promise<string> {
  return bootDevices(config).then(
    () => "",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
