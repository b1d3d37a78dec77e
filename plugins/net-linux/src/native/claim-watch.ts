// Hears who else claims an address: one packet socket for each, with a filter in the kernel that passes nothing else.
import type { AddressClaim, Logger } from "@systole/sdk";
import type { CheckedAddress } from "../address-spec.js";
import { ETHERTYPE_ARP } from "../frames/arp.js";
import { claimFilter } from "../frames/claim-filter.js";
import { ETHERTYPE_IPV6 } from "../frames/neighbour-advertisement.js";
import { addressProbe } from "../frames/probe.js";
import { formatMac, parseMac } from "../netlink/link.js";
import { errnoText } from "../network-errors.js";
import { findInterface, listInterfaces } from "./interface-table.js";
import type { Libc } from "./libc.js";
import type { Rtnetlink } from "./rtnetlink.js";
import { AF_PACKET, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_RAW, packetSocketAddress } from "./socket-address.js";

const MAX_FRAMES_AT_ONCE = 64;
/** More than any frame that the filter passes needs. */
const BUFFER_BYTES = 256;
const MAC_BYTES = 6;

export class ClaimWatches {
  readonly #libc: Libc;
  readonly #rtnetlink: Rtnetlink;
  readonly #log: Logger;
  readonly #open = new Set<() => void>();

  constructor(libc: Libc, rtnetlink: Rtnetlink, log: Logger) {
    this.#libc = libc;
    this.#rtnetlink = rtnetlink;
    this.#log = log;
  }

  /** Throws `INTERFACE_NOT_FOUND`. Where the process may not listen, nothing is heard, and the log says so. */
  watch(address: CheckedAddress, listener: (claim: AddressClaim) => void): () => void {
    const link = findInterface(this.#rtnetlink, address.interface);
    const { mac } = link;
    if (mac === undefined) return () => undefined;
    const fd = this.#openSocket(address, link.index, parseMac(mac));
    if (fd < 0) {
      const { address: text, interface: name } = address;
      this.#log.warn("network.claims-unheard", { address: text, interface: name, reason: errnoText(-fd) });
      return () => undefined;
    }
    const stopPolling = this.#libc.whenReadable(fd, () => {
      for (const claimant of this.#claimants(fd)) {
        listener({ address: address.address, interface: address.interface, mac: claimant });
      }
    });
    const end = (): void => {
      if (!this.#open.delete(end)) return;
      stopPolling();
      this.#libc.close(fd);
    };
    this.#open.add(end);
    return end;
  }

  close(): void {
    for (const end of this.#open) end();
  }

  /** The negated errno where it cannot be had. It hears from its binding on: whoever answers the probe is heard. */
  #openSocket({ ip }: CheckedAddress, interfaceIndex: number, mac: Buffer): number {
    const libc = this.#libc;
    const etherType = ip.family === 4 ? ETHERTYPE_ARP : ETHERTYPE_IPV6;
    const fd = libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return fd;
    const filtered = libc.attachFilter(fd, claimFilter(ip));
    const bound =
      filtered < 0 ? filtered : libc.bind(fd, packetSocketAddress(interfaceIndex, etherType, mac));
    if (bound < 0) {
      libc.close(fd);
      return bound;
    }
    const probe = addressProbe(mac, ip);
    // Best effort: on an interface that is down nobody would answer.
    libc.send(fd, probe, packetSocketAddress(interfaceIndex, etherType, probe.subarray(0, MAC_BYTES)));
    return fd;
  }

  /** Hardware addresses behind the frames that wait; never one of this host, whose interfaces may hear each other. */
  #claimants(fd: number): readonly string[] {
    const heard: string[] = [];
    const buffer = Buffer.alloc(BUFFER_BYTES);
    for (let frames = 0; frames < MAX_FRAMES_AT_ONCE; frames += 1) {
      const received = this.#libc.receive(fd, buffer);
      if (received < 2 * MAC_BYTES) break;
      heard.push(formatMac(buffer.subarray(MAC_BYTES, 2 * MAC_BYTES)));
    }
    if (heard.length === 0) return [];
    const own = new Set(listInterfaces(this.#rtnetlink).map(({ mac }) => mac));
    return [...new Set(heard)].filter((mac) => !own.has(mac));
  }
}
