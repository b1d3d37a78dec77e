// The Network port on Linux: opens the way to the kernel at the first use and hands everything on to it.
import type {
  AddressGuard,
  Logger,
  Network,
  NetworkAddresses,
  NetworkLinks,
  NetworkSockets,
  Startable,
} from "@systole/sdk";
import type { BackEnd } from "./back-end.js";
import { ProcessGuard } from "./guard/process-guard.js";
import type { NetLinuxConfig } from "./net-linux-config.js";
import { openBackEnd } from "./open-back-end.js";

/** Opens nothing before `start` or the first use. After `stop`, a use opens it again. */
export class LinuxNetwork implements Network, Startable {
  readonly guard: AddressGuard;
  readonly #config: NetLinuxConfig;
  readonly #log: Logger;
  #opened: BackEnd | undefined;

  constructor(config: NetLinuxConfig, log: Logger) {
    this.#config = config;
    this.#log = log;
    this.guard = new ProcessGuard(config, log);
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
    await this.guard.close();
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.close();
  }

  #backEnd(): BackEnd {
    this.#opened ??= openBackEnd(this.#config, this.#log);
    return this.#opened;
  }
}
