// Links and routes by `ip`.
import type { LinkEvent, Logger, NetworkInterface, NetworkLinks, Route } from "@systole/sdk";
import { parseIp } from "../ip-address.js";
import { lookAtHost } from "./host-picture.js";
import { parseRouteGet, type ParsedRoute } from "./ip-json.js";
import { watchByMonitor } from "./ip-monitor.js";
import { runProgram } from "./run-program.js";

export class ProgramLinks implements NetworkLinks {
  readonly #log: Logger;
  readonly #watches = new Set<() => void>();

  constructor(log: Logger) {
    this.#log = log;
  }

  async list(): Promise<readonly NetworkInterface[]> {
    return (await lookAtHost()).interfaces;
  }

  async routeTo(address: string): Promise<Route | undefined> {
    if (parseIp(address) === undefined) return undefined;
    const ask = async (...mode: string[]): Promise<ParsedRoute | undefined> => {
      const result = await runProgram("ip", ["-json", "route", "get", ...mode, address]);
      return result.exitCode === 0 ? parseRouteGet(result.stdout) : undefined;
    };
    // Only the matching entry of the table knows its prefix; only the decision knows the source address.
    const [decided, matched] = await Promise.all([ask(), ask("fibmatch")]);
    if (decided === undefined) return undefined;
    const onLink =
      !decided.indirect && matched !== undefined && !matched.indirect && matched.prefixLength > 0;
    return {
      interface: decided.interface,
      ...(decided.source !== undefined && { source: decided.source }),
      ...(onLink && { onLinkPrefixLength: matched.prefixLength }),
    };
  }

  watch(listener: (event: LinkEvent) => void): () => void {
    const end = watchByMonitor(this.#log, listener);
    this.#watches.add(end);
    return () => {
      this.#watches.delete(end);
      end();
    };
  }

  close(): void {
    for (const end of this.#watches) end();
    this.#watches.clear();
  }
}
