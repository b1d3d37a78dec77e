// ICMP echo from this process. An unprivileged ping socket where the kernel grants one (net.ipv4.ping_group_range; on
// Debian not even to root), else a raw socket.
import { randomInt } from "node:crypto";
import { SystoleError, type EchoReply, type EchoSocket, type IpFamily, type Logger } from "@systole/sdk";
import { decodeEchoReply, encodeEchoRequest, withoutIpv4Header } from "../frames/icmp-echo.js";
import { parseIp } from "../ip-address.js";
import { Errno, callFailed, errnoText } from "../network-errors.js";
import type { Libc } from "./libc.js";
import {
  AF_INET,
  AF_INET6,
  MAX_SOCKET_ADDRESS_BYTES,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_RAW,
  intOption,
  ipOfSocketAddress,
  ipSocketAddress,
} from "./socket-address.js";

const IPPROTO_ICMP = 1;
const IPPROTO_ICMPV6 = 58;
const SOL_RAW = 255;
const ICMP_FILTER = 1;
const ICMPV6_FILTER = 1;
const BUFFER_BYTES = 65_536;
const MAX_DATAGRAMS_AT_ONCE = 64;
const MAX_ERRORS_IN_A_ROW = 1000;

/** Throws `NETWORK_UNSUPPORTED` where the process may open neither kind of socket. */
export function openEchoSocket(
  libc: Libc,
  family: IpFamily,
  log: Logger,
  onClose: (echo: NativeEcho) => void,
): NativeEcho {
  const domain = family === 4 ? AF_INET : AF_INET6;
  const protocol = family === 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
  const ping = libc.socket(domain, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (ping >= 0) return new NativeEcho({ libc, family, fd: ping, kind: "ping", log, onClose });
  const raw = libc.socket(domain, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (raw < 0) throw callFailed("NETWORK_UNSUPPORTED", "open an ICMP socket", -raw);
  // Raw sockets hear all ICMP of the host: let the kernel drop everything but replies.
  if (family === 4) libc.setOption(raw, SOL_RAW, ICMP_FILTER, intOption(~1));
  else libc.setOption(raw, IPPROTO_ICMPV6, ICMPV6_FILTER, onlyEchoReplies());
  return new NativeEcho({ libc, family, fd: raw, kind: "raw", log, onClose });
}

interface OpenedEcho {
  readonly libc: Libc;
  readonly family: IpFamily;
  readonly fd: number;
  /** With a ping socket the kernel chooses the identifier and sorts the replies. */
  readonly kind: "ping" | "raw";
  readonly log: Logger;
  readonly onClose: (echo: NativeEcho) => void;
}

export class NativeEcho implements EchoSocket {
  readonly #socket: OpenedEcho;
  readonly #id = randomInt(0x10000);
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  readonly #from = Buffer.alloc(MAX_SOCKET_ADDRESS_BYTES);
  readonly #listeners = new Set<(reply: EchoReply) => void>();
  readonly #stopPolling: () => void;
  #open = true;
  #errors = 0;

  constructor(socket: OpenedEcho) {
    this.#socket = socket;
    this.#stopPolling = socket.libc.whenReadable(socket.fd, () => this.#drain());
  }

  /** Rejects with `TRANSPORT_SEND_FAILED`. */
  async send(address: string, sequence: number, data: Uint8Array): Promise<void> {
    const { libc, fd, family } = this.#socket;
    const doing = `send an echo request to ${address}`;
    const ip = parseIp(address);
    if (ip?.family !== family || !this.#open) {
      const reason = this.#open ? `it is not an IPv${family} address` : "the socket is closed";
      throw new SystoleError("TRANSPORT_SEND_FAILED", `cannot ${doing}: ${reason}`);
    }
    const request = encodeEchoRequest(family, this.#id, sequence, data);
    const to = ipSocketAddress(ip, 0);
    let sent = libc.send(fd, request, to);
    // An ICMP error for an earlier request may be reported by this call; it says nothing about this one.
    if (sent === -Errno.EHOSTUNREACH || sent === -Errno.EINTR) sent = libc.send(fd, request, to);
    if (sent < 0) throw callFailed("TRANSPORT_SEND_FAILED", doing, -sent);
  }

  onReply(listener: (reply: EchoReply) => void): void {
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#listeners.clear();
    this.#stopPolling();
    this.#socket.libc.close(this.#socket.fd);
    this.#socket.onClose(this);
  }

  #drain(): void {
    const { libc, fd, log } = this.#socket;
    for (let datagrams = 0; this.#open && datagrams < MAX_DATAGRAMS_AT_ONCE; datagrams += 1) {
      const received = libc.receive(fd, this.#buffer, this.#from);
      if (received === -Errno.EAGAIN || received === -Errno.EINTR) return;
      if (received >= 0) {
        this.#errors = 0;
        this.#deliver(this.#buffer.subarray(0, received));
      } else if ((this.#errors += 1) > MAX_ERRORS_IN_A_ROW) {
        log.error("network.echo-failed", { error: errnoText(-received) });
        void this.close();
      }
    }
  }

  #deliver(packet: Buffer): void {
    const { kind, family } = this.#socket;
    const message = kind === "raw" && family === 4 ? withoutIpv4Header(packet) : packet;
    const echo = message === undefined ? undefined : decodeEchoReply(family, message);
    if (echo === undefined || (kind === "raw" && echo.id !== this.#id)) return;
    const from = ipOfSocketAddress(this.#from);
    const reply = { from, sequence: echo.sequence, data: Uint8Array.from(echo.data) };
    for (const listener of this.#listeners) listener(reply);
  }
}

/** struct icmp6_filter: a set bit blocks a type; 129 is the echo reply. */
function onlyEchoReplies(): Buffer {
  const filter = Buffer.alloc(32, 0xff);
  filter.writeUInt32LE(~(1 << (129 & 31)) >>> 0, (129 >> 5) * 4);
  return filter;
}
