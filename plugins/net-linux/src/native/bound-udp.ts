// A UDP socket that hears and speaks on one interface only; Node's own sockets cannot be told to.
import { SystoleError, type UdpSocketOptions } from "@systole/sdk";
import { parseIp, type IpAddress } from "../ip-address.js";
import { Errno, callFailed, interfaceNotFound } from "../network-errors.js";
import { findInterface } from "./interface-table.js";
import type { Libc } from "./libc.js";
import type { Rtnetlink } from "./rtnetlink.js";
import {
  AF_INET,
  AF_INET6,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOL_SOCKET,
  intOption,
  ipSocketAddress,
} from "./socket-address.js";

const SO_REUSEADDR = 2;
const SO_REUSEPORT = 15;
const SO_BINDTODEVICE = 25;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const NO_PERMISSION: readonly number[] = [Errno.EPERM, Errno.EACCES];

/** Undefined where the process may not bind to an interface. Throws `INTERFACE_NOT_FOUND`, `TRANSPORT_START_FAILED`. */
export function openBoundUdp(
  libc: Libc,
  rtnetlink: Rtnetlink,
  options: UdpSocketOptions,
): number | undefined {
  const ip = localAddress(options);
  const link = findInterface(rtnetlink, options.interface);
  const doing = `open a UDP socket on ${link.name}, port ${options.port}`;
  const fd = libc.socket(ip.family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) throw callFailed("TRANSPORT_START_FAILED", doing, -fd);
  const steps = [
    () => libc.setOption(fd, SOL_SOCKET, SO_REUSEADDR, intOption(1)),
    () => libc.setOption(fd, SOL_SOCKET, SO_REUSEPORT, intOption(1)),
    () => libc.setOption(fd, SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${link.name}\0`)),
    () => (ip.family === 6 ? libc.setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, intOption(1)) : 0),
    () => libc.bind(fd, ipSocketAddress(ip, options.port, link.index)),
  ];
  for (const [index, step] of steps.entries()) {
    const result = step();
    if (result >= 0) continue;
    libc.close(fd);
    if (-result === Errno.ENODEV) throw interfaceNotFound(link.name);
    if (index < steps.length - 1 && NO_PERMISSION.includes(-result)) return undefined;
    throw callFailed("TRANSPORT_START_FAILED", doing, -result);
  }
  return fd;
}

function localAddress(options: UdpSocketOptions): IpAddress {
  const wildcard = options.family === 4 ? "0.0.0.0" : "::";
  const ip = parseIp(options.address ?? wildcard);
  if (ip?.family !== options.family) {
    throw new SystoleError(
      "TRANSPORT_START_FAILED",
      `${options.address} is not an IPv${options.family} address`,
    );
  }
  return ip;
}
