// Chooses the way to the kernel.
import { SystoleError, type Logger } from "@systole/sdk";
import type { BackEnd } from "./back-end.js";
import { loadLibc } from "./native/libc.js";
import { openNativeNetwork } from "./native/native-network.js";
import type { NetLinuxConfig } from "./net-linux-config.js";
import { openProgramNetwork } from "./programs/program-network.js";

/** Throws `NETWORK_UNSUPPORTED` where the configured back end does not work. */
export function openBackEnd({ backend }: NetLinuxConfig, log: Logger): BackEnd {
  if (backend === "programs") return openProgramNetwork(log);
  const loaded = loadLibc();
  if (loaded.ok) return openNativeNetwork(loaded.libc, log);
  if (backend === "native") {
    throw new SystoleError(
      "NETWORK_UNSUPPORTED",
      `the native network back end does not work here: ${loaded.reason}; use backend: "auto"`,
    );
  }
  log.warn("network.programs-used", { reason: loaded.reason });
  return openProgramNetwork(log);
}
