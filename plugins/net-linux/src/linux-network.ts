// The Network port on Linux: chooses the way to the kernel at the first use and hands everything on to it.
import {
  SystoleError,
  type Logger,
  type Network,
  type NetworkAddresses,
  type NetworkLinks,
  type NetworkSockets,
  type Startable,
} from "@systole/sdk";
import type { BackEnd } from "./back-end.js";
import { loadLibc } from "./native/libc.js";
import { openNativeNetwork } from "./native/native-network.js";
import type { NetLinuxConfig } from "./net-linux-config.js";
import { openProgramNetwork } from "./programs/program-network.js";

/** Opens nothing before `start` or the first use. After `stop`, a use opens it again. */
export class LinuxNetwork implements Network, Startable {
  readonly #config: NetLinuxConfig;
  readonly #log: Logger;
  #opened: BackEnd | undefined;

  constructor(config: NetLinuxConfig, log: Logger) {
    this.#config = config;
    this.#log = log;
  }

  get addresses(): NetworkAddresses {
    return this.#backEnd().addresses;
  }

  get links(): NetworkLinks {
    return this.#backEnd().links;
  }

  get sockets(): NetworkSockets {
    return this.#backEnd().sockets;
  }

  /** Throws `NETWORK_UNSUPPORTED` where the configured back end does not work. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#backEnd();
  }

  async stop(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.close();
  }

  #backEnd(): BackEnd {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  #open(): BackEnd {
    const { backend } = this.#config;
    if (backend === "programs") return openProgramNetwork(this.#log);
    const loaded = loadLibc();
    if (loaded.ok) return openNativeNetwork(loaded.libc, this.#log);
    if (backend === "native") {
      throw new SystoleError(
        "NETWORK_UNSUPPORTED",
        `the native network back end does not work here: ${loaded.reason}; use backend: "auto"`,
      );
    }
    this.#log.warn("network.programs-used", { reason: loaded.reason });
    return openProgramNetwork(this.#log);
  }
}
