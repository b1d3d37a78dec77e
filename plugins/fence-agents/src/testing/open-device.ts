// A device as the daemon would make it: the configuration judged by the agents, and what runs programs put in.
import { FenceDevice, Processes } from "@systole/sdk";
import { service, TestHost } from "@systole/sdk/testkit";
import plugin from "../index.js";

const DIRECTORY = "/usr/sbin";

export function deviceOpener(processes: Processes) {
  const openDevice = async (settings: object, directory = DIRECTORY): Promise<FenceDevice> => {
    const config = { directory, devices: { rack: settings } };
    const host = await TestHost.boot(plugin, { config, services: [service(Processes, processes)] });
    return host.get(FenceDevice, "rack");
  };
  return {
    openDevice,
    /** What is wrong with the device; "" when nothing is. */
    problemWith: (settings: object, directory = DIRECTORY): Promise<string> =>
      openDevice(settings, directory).then(
        () => "",
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
  };
}
