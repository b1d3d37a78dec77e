// Links and routes by rtnetlink.
import type { LinkEvent, Logger, NetworkInterface, NetworkLinks, Route } from "@systole/sdk";
import { parseIp } from "../ip-address.js";
import {
  RTM_GETROUTE,
  RTM_NEWROUTE,
  decodeRoute,
  encodeRouteRequest,
  type DecodedRoute,
} from "../netlink/route.js";
import { listInterfaces } from "./interface-table.js";
import type { Libc } from "./libc.js";
import { watchLinks } from "./link-watch.js";
import type { Rtnetlink } from "./rtnetlink.js";

export class NativeLinks implements NetworkLinks {
  readonly #libc: Libc;
  readonly #rtnetlink: Rtnetlink;
  readonly #log: Logger;
  readonly #watches = new Set<() => void>();

  constructor(libc: Libc, rtnetlink: Rtnetlink, log: Logger) {
    this.#libc = libc;
    this.#rtnetlink = rtnetlink;
    this.#log = log;
  }

  async list(): Promise<readonly NetworkInterface[]> {
    return listInterfaces(this.#rtnetlink);
  }

  async routeTo(address: string): Promise<Route | undefined> {
    const destination = parseIp(address);
    if (destination === undefined) return undefined;
    const ask = (answer: "decided" | "matched"): DecodedRoute | undefined => {
      const got = this.#rtnetlink.get(RTM_GETROUTE, encodeRouteRequest(destination, answer));
      const message = got.ok ? got.messages.find((one) => one.type === RTM_NEWROUTE) : undefined;
      return message === undefined ? undefined : decodeRoute(message);
    };
    const decided = ask("decided");
    const matched = ask("matched");
    const link = listInterfaces(this.#rtnetlink).find((one) => one.index === decided?.interfaceIndex);
    if (decided === undefined || link === undefined) return undefined;
    const onLink =
      !decided.indirect && matched !== undefined && !matched.indirect && matched.prefixLength > 0;
    return {
      interface: link.name,
      ...(decided.source !== undefined && { source: decided.source }),
      ...(onLink && { onLinkPrefixLength: matched.prefixLength }),
    };
  }

  watch(listener: (event: LinkEvent) => void): () => void {
    const end = watchLinks(this.#libc, this.#rtnetlink, this.#log, listener);
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
