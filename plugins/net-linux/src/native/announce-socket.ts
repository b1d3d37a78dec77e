// Sends gratuitous ARP and unsolicited neighbour advertisements as Ethernet frames.
import { readFileSync } from "node:fs";
import { ETHERTYPE_ARP, gratuitousArp } from "../frames/arp.js";
import { ETHERTYPE_IPV6, unsolicitedAdvertisement } from "../frames/neighbour-advertisement.js";
import { formatIp, type IpAddress } from "../ip-address.js";
import { parseMac } from "../netlink/link.js";
import { addressFailed, errnoText } from "../network-errors.js";
import type { Libc } from "./libc.js";
import { AF_PACKET, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_RAW, packetSocketAddress } from "./socket-address.js";

export interface EthernetInterface {
  readonly name: string;
  readonly index: number;
  readonly mac: string;
}

/** One packet socket, opened at the first use. It is bound to no protocol and so receives nothing. */
export class AnnounceSocket {
  readonly #libc: Libc;
  #fd: number | undefined;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Throws `ADDRESS_FAILED`. */
  send(link: EthernetInterface, ip: IpAddress): void {
    const mac = parseMac(link.mac);
    const frames =
      ip.family === 4
        ? [gratuitousArp("request", mac, ip.bytes), gratuitousArp("reply", mac, ip.bytes)]
        : [unsolicitedAdvertisement(mac, ip.bytes, forwardsIpv6(link.name))];
    const etherType = ip.family === 4 ? ETHERTYPE_ARP : ETHERTYPE_IPV6;
    for (const frame of frames) {
      const to = packetSocketAddress(link.index, etherType, frame.subarray(0, 6));
      const sent = this.#libc.send(this.#open(), frame, to);
      if (sent < 0) throw addressFailed(`announce ${formatIp(ip.bytes)} on ${link.name}`, errnoText(-sent));
    }
  }

  close(): void {
    if (this.#fd !== undefined) this.#libc.close(this.#fd);
    this.#fd = undefined;
  }

  #open(): number {
    if (this.#fd !== undefined) return this.#fd;
    const fd = this.#libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) throw addressFailed("open a packet socket for announcements", errnoText(-fd));
    this.#fd = fd;
    return fd;
  }
}

function forwardsIpv6(interfaceName: string): boolean {
  try {
    return readFileSync(`/proc/sys/net/ipv6/conf/${interfaceName}/forwarding`, "latin1").trim() === "1";
  } catch {
    return false;
  }
}
