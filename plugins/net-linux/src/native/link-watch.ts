// Link and address changes as the kernel multicasts them.
import type { LinkEvent, Logger } from "@systole/sdk";
import { HostState } from "../host-state.js";
import { RTM_DELADDR, RTM_NEWADDR, decodeAddress } from "../netlink/address.js";
import { RTM_DELLINK, RTM_NEWLINK, decodeLink } from "../netlink/link.js";
import { decodeMessages, type NetlinkMessage } from "../netlink/wire.js";
import { Errno, callFailed } from "../network-errors.js";
import { listAddresses, listInterfaces } from "./interface-table.js";
import type { Libc } from "./libc.js";
import type { Rtnetlink } from "./rtnetlink.js";
import { AF_NETLINK, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_RAW, netlinkSocketAddress } from "./socket-address.js";

const NETLINK_ROUTE = 0;
const GROUPS = 0x1 | 0x10 | 0x100; // RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR
const BUFFER_BYTES = 65_536;
/** Datagrams read before other work gets its turn; the rest waits in the kernel. */
const MAX_DATAGRAMS_AT_ONCE = 256;
/** A socket that only fails is given up, so that it cannot spin. */
const MAX_ERRORS_IN_A_ROW = 10;

/** Throws `NETWORK_UNSUPPORTED`. Returns a function that ends it. */
export function watchLinks(
  libc: Libc,
  rtnetlink: Rtnetlink,
  log: Logger,
  listener: (event: LinkEvent) => void,
): () => void {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  const bound = fd < 0 ? fd : libc.bind(fd, netlinkSocketAddress(GROUPS));
  if (bound < 0) {
    if (fd >= 0) libc.close(fd);
    throw callFailed("NETWORK_UNSUPPORTED", "watch links by netlink", -bound);
  }
  const state = new HostState();
  const lookAtAll = (): LinkEvent[] => state.replace(listInterfaces(rtnetlink), listAddresses(rtnetlink));
  try {
    // After the subscription: what changes meanwhile is reported twice rather than missed, and `state` knows.
    lookAtAll();
  } catch (error) {
    libc.close(fd);
    throw error;
  }
  const ended = new AbortController();
  const tell = (events: readonly LinkEvent[]): void => {
    for (const event of events) if (!ended.signal.aborted) listener(event);
  };
  const end = (): void => {
    if (ended.signal.aborted) return;
    ended.abort();
    stopPolling();
    libc.close(fd);
  };
  const reader = new EventReader(libc, fd);
  const stopPolling = libc.whenReadable(fd, () => {
    let events: readonly LinkEvent[] = [];
    try {
      const heard = reader.read();
      if (heard.lost) log.warn("network.events-lost", {});
      events = heard.lost ? lookAtAll() : heard.messages.flatMap((message) => observe(state, message));
    } catch (error) {
      log.error("network.watch-failed", { error: String(error) });
      end();
    }
    tell(events);
  });
  return end;
}

class EventReader {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  #lost = false;

  constructor(libc: Libc, fd: number) {
    this.#libc = libc;
    this.#fd = fd;
  }

  /**
   * What has been heard. `lost`: the kernel dropped reports because we were slow; what it still had is thrown away,
   * since it tells of a past without its end. Throws when the socket only fails.
   */
  read(): { readonly messages: readonly NetlinkMessage[]; readonly lost: boolean } {
    const messages: NetlinkMessage[] = [];
    let errors = 0;
    for (let datagrams = 0; datagrams < MAX_DATAGRAMS_AT_ONCE; datagrams += 1) {
      const received = this.#libc.receive(this.#fd, this.#buffer);
      if (received > 0) {
        if (!this.#lost) messages.push(...decodeMessages(Buffer.from(this.#buffer.subarray(0, received))));
      } else if (received === -Errno.ENOBUFS) {
        this.#lost = true;
      } else if (received === -Errno.EAGAIN) {
        const lost = this.#lost;
        this.#lost = false;
        return { messages, lost };
      } else if (received !== -Errno.EINTR && (errors += 1) > MAX_ERRORS_IN_A_ROW) {
        throw callFailed("NETWORK_UNSUPPORTED", "read link events", -received);
      }
    }
    return { messages: this.#lost ? [] : messages, lost: false };
  }
}

function observe(state: HostState, message: NetlinkMessage): LinkEvent[] {
  switch (message.type) {
    case RTM_NEWLINK:
    case RTM_DELLINK: {
      const link = decodeLink(message);
      if (link === undefined) return [];
      return message.type === RTM_NEWLINK ? state.link(link) : state.linkRemoved(link.index);
    }
    case RTM_NEWADDR:
    case RTM_DELADDR: {
      const held = decodeAddress(message, (index) => state.interfaceName(index));
      return held === undefined
        ? []
        : state.address(message.type === RTM_NEWADDR ? "added" : "removed", held);
    }
    default:
      return [];
  }
}
