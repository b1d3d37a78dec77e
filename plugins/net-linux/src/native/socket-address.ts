// Socket addresses as the kernel's structures. Pure.
import { formatIp, type IpAddress } from "../ip-address.js";

export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
/** Enough for every address family used here. */
export const MAX_SOCKET_ADDRESS_BYTES = 28;

/** sockaddr_in or sockaddr_in6; the scope counts for IPv6 link-local addresses only. */
export function ipSocketAddress(ip: IpAddress, port: number, scopeIndex = 0): Buffer {
  const address = Buffer.alloc(ip.family === 4 ? 16 : 28);
  address.writeUInt16LE(ip.family === 4 ? AF_INET : AF_INET6, 0);
  address.writeUInt16BE(port, 2);
  address.set(ip.bytes, ip.family === 4 ? 4 : 8);
  if (ip.family === 6 && isLinkLocal(ip)) address.writeUInt32LE(scopeIndex, 24);
  return address;
}

/** Text of the IP address in a sockaddr_in or sockaddr_in6. */
export function ipOfSocketAddress(address: Buffer): string {
  return formatIp(address.readUInt16LE(0) === AF_INET ? address.subarray(4, 8) : address.subarray(8, 24));
}

/** sockaddr_nl: the kernel, or a membership in multicast groups. */
export function netlinkSocketAddress(groups: number): Buffer {
  const address = Buffer.alloc(12);
  address.writeUInt16LE(AF_NETLINK, 0);
  address.writeUInt32LE(groups, 8);
  return address;
}

/** sockaddr_ll: where an Ethernet frame leaves. */
export function packetSocketAddress(
  interfaceIndex: number,
  etherType: number,
  destination: Uint8Array,
): Buffer {
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(etherType, 2);
  address.writeInt32LE(interfaceIndex, 4);
  address[11] = destination.length;
  address.set(destination, 12);
  return address;
}

export function intOption(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value, 0);
  return bytes;
}

function isLinkLocal(ip: IpAddress): boolean {
  return (
    (ip.bytes[0] === 0xfe && ((ip.bytes[1] ?? 0) & 0xc0) === 0x80) ||
    (ip.bytes[0] === 0xff && ((ip.bytes[1] ?? 0) & 0x0f) === 2)
  );
}
