// ICMP and ICMPv6 echo messages (RFC 792, RFC 4443). Pure.
import type { IpFamily } from "@systole/sdk";
import { internetChecksum } from "./internet-checksum.js";

const HEADER_BYTES = 8;
const TYPES = { 4: { request: 8, reply: 0 }, 6: { request: 128, reply: 129 } } as const;

/** An echo request. For ICMPv6 the kernel fills in the checksum, which covers addresses that it chooses. */
export function encodeEchoRequest(family: IpFamily, id: number, sequence: number, data: Uint8Array): Buffer {
  const message = Buffer.alloc(HEADER_BYTES + data.length);
  message[0] = TYPES[family].request;
  message.writeUInt16BE(id & 0xffff, 4);
  message.writeUInt16BE(sequence & 0xffff, 6);
  message.set(data, HEADER_BYTES);
  if (family === 4) message.writeUInt16BE(internetChecksum([message]), 2);
  return message;
}

export interface DecodedEcho {
  readonly id: number;
  readonly sequence: number;
  readonly data: Buffer;
}

/** An echo reply, or undefined for everything else. `data` is a view of `message`. */
export function decodeEchoReply(family: IpFamily, message: Buffer): DecodedEcho | undefined {
  if (message.length < HEADER_BYTES || message[0] !== TYPES[family].reply || message[1] !== 0)
    return undefined;
  return {
    id: message.readUInt16BE(4),
    sequence: message.readUInt16BE(6),
    data: message.subarray(HEADER_BYTES),
  };
}

/** What follows the IPv4 header that raw sockets deliver; undefined when it is cut short. */
export function withoutIpv4Header(packet: Buffer): Buffer | undefined {
  const headerBytes = ((packet[0] ?? 0) & 0x0f) * 4;
  return headerBytes < 20 || packet.length < headerBytes ? undefined : packet.subarray(headerBytes);
}
