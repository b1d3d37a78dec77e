// From IP packets to UDP datagrams. IPv4 fragments are put together, because a large message is one datagram of many.
import { isIPv6 } from "node:net";

export interface Datagram {
  /** `address:port`, an IPv6 address in brackets. */
  readonly from: string;
  readonly to: string;
  readonly ports: readonly [number, number];
  readonly payload: Uint8Array;
}

const UDP = 17;
const UDP_HEAD_BYTES = 8;
const IPV6_HEAD_BYTES = 40;
const MAX_IP_BYTES = 65_535;
/** Datagrams that may be incomplete at once; the oldest gives way. */
const MAX_PENDING = 16;

interface Pending {
  readonly bytes: Uint8Array;
  received: number;
  total: number | undefined;
}

export class Datagrams {
  readonly #pending = new Map<string, Pending>();

  /** The datagram that a packet is, or completes. Never throws; what cannot be read is nothing. */
  take(packet: Uint8Array): Datagram | undefined {
    const version = (packet[0] ?? 0) >> 4;
    if (version === 4) return this.#takeIpv4(packet);
    if (version !== 6 || packet.length < IPV6_HEAD_BYTES || packet[6] !== UDP) return undefined;
    const end = Math.min(packet.length, IPV6_HEAD_BYTES + word(packet, 4));
    return datagram(ipv6(packet, 8), ipv6(packet, 24), packet.subarray(IPV6_HEAD_BYTES, end));
  }

  #takeIpv4(packet: Uint8Array): Datagram | undefined {
    const headBytes = ((packet[0] ?? 0) & 15) * 4;
    if (headBytes < 20 || packet.length < headBytes || packet[9] !== UDP) return undefined;
    const from = packet.subarray(12, 16).join(".");
    const to = packet.subarray(16, 20).join(".");
    // An interface that splits packets itself may show a length of zero.
    const length = word(packet, 2) || packet.length;
    const body = packet.subarray(headBytes, Math.max(headBytes, Math.min(packet.length, length)));
    const flags = word(packet, 6);
    const hasMore = (flags & 0x2000) !== 0;
    const offset = (flags & 0x1fff) * 8;
    if (!hasMore && offset === 0) return datagram(from, to, body);
    const whole = this.#assemble(`${from}>${to}#${word(packet, 4)}`, body, offset, hasMore);
    return whole && datagram(from, to, whole);
  }

  #assemble(key: string, piece: Uint8Array, offset: number, hasMore: boolean): Uint8Array | undefined {
    if (offset + piece.length > MAX_IP_BYTES) return undefined;
    let pending = this.#pending.get(key);
    if (pending === undefined) {
      const [oldest] = this.#pending.keys();
      if (this.#pending.size >= MAX_PENDING && oldest !== undefined) this.#pending.delete(oldest);
      pending = { bytes: new Uint8Array(MAX_IP_BYTES), received: 0, total: undefined };
      this.#pending.set(key, pending);
    }
    pending.bytes.set(piece, offset);
    pending.received += piece.length;
    if (!hasMore) pending.total = offset + piece.length;
    if (pending.total === undefined || pending.received < pending.total) return undefined;
    this.#pending.delete(key);
    return pending.bytes.subarray(0, pending.total);
  }
}

function datagram(from: string, to: string, udp: Uint8Array): Datagram | undefined {
  if (udp.length < UDP_HEAD_BYTES) return undefined;
  const ports = [word(udp, 0), word(udp, 2)] as const;
  const payload = udp.subarray(UDP_HEAD_BYTES, Math.max(UDP_HEAD_BYTES, word(udp, 4)));
  return { from: withPort(from, ports[0]), to: withPort(to, ports[1]), ports, payload };
}

function withPort(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

function ipv6(packet: Uint8Array, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => word(packet, at + index * 2).toString(16));
  return groups
    .join(":")
    .replace(/\b0(:0)+\b/, ":")
    .replace(/:{3,}/, "::");
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
