// Link messages of rtnetlink (struct ifinfomsg and its attributes). Pure.
import type { NetworkInterface } from "@systole/sdk";
import {
  attributeText,
  decodeAttributes,
  encodeNumberAttribute,
  encodeTextAttribute,
  type NetlinkMessage,
} from "./wire.js";

export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;

const AF_UNSPEC = 0;
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_RUNNING = 0x40;
const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_EXT_MASK = 29;
const RTEXT_FILTER_SKIP_STATS = 0x8;
const HEADER_BYTES = 16;

/** Body of RTM_GETLINK: of one interface by name, or a dump of all. */
export function encodeLinkRequest(name?: string): Buffer {
  return Buffer.concat([
    Buffer.alloc(HEADER_BYTES),
    encodeNumberAttribute(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS),
    ...(name === undefined ? [] : [encodeTextAttribute(IFLA_IFNAME, name)]),
  ]);
}

/**
 * An RTM_NEWLINK or RTM_DELLINK; undefined when malformed, or when it tells about an interface's role as the port of a
 * bridge (other family): the RTM_DELLINK of those does not mean that the interface is gone.
 */
export function decodeLink(message: NetlinkMessage): NetworkInterface | undefined {
  const { body } = message;
  if (body.length < HEADER_BYTES || body[0] !== AF_UNSPEC) return undefined;
  const flags = body.readUInt32LE(8);
  const attributes = decodeAttributes(body.subarray(HEADER_BYTES));
  const name = attributeText(attributes.get(IFLA_IFNAME));
  if (name === undefined) return undefined;
  const mac = attributes.get(IFLA_ADDRESS);
  const loopback = (flags & IFF_LOOPBACK) !== 0;
  return {
    name,
    index: body.readInt32LE(4),
    up: (flags & IFF_UP) !== 0,
    running: (flags & IFF_RUNNING) !== 0,
    loopback,
    ...(mac?.length === 6 && !loopback && { mac: formatMac(mac) }),
  };
}

export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** Six bytes of `aa:bb:cc:dd:ee:ff`. */
export function parseMac(text: string): Buffer {
  return Buffer.from(text.split(":").map((part) => Number.parseInt(part, 16)));
}
