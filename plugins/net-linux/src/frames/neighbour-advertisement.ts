// Unsolicited neighbour advertisement: IPv6's word for gratuitous ARP (RFC 4861, 7.2.6). Pure.
import { internetChecksum } from "./internet-checksum.js";

export const ETHERTYPE_IPV6 = 0x86dd;
const ALL_NODES = Buffer.from("ff020000000000000000000000000001", "hex");
const ALL_NODES_MAC = Buffer.from("333300000001", "hex");
export const ICMPV6 = 58;
export const NEIGHBOUR_SOLICITATION = 135;
export const NEIGHBOUR_ADVERTISEMENT = 136;
const OVERRIDE = 0x20;
const ROUTER = 0x80;
const TARGET_LINK_LAYER_ADDRESS = 2;

/**
 * An Ethernet frame of 86 bytes to all nodes of the link, with the override flag: caches take the new hardware address.
 * @param mac six bytes @param address sixteen bytes
 * @param router true when this host forwards: otherwise hosts would forget it as a router
 */
export function unsolicitedAdvertisement(mac: Uint8Array, address: Uint8Array, router = false): Buffer {
  const frame = Buffer.alloc(86);
  frame.set(ALL_NODES_MAC, 0);
  frame.set(mac, 6);
  frame.writeUInt16BE(ETHERTYPE_IPV6, 12);
  frame[14] = 0x60; // version 6
  frame.writeUInt16BE(32, 18); // payload bytes
  frame[20] = ICMPV6;
  frame[21] = 255; // hop limit: receivers refuse anything that was forwarded
  frame.set(address, 22);
  frame.set(ALL_NODES, 38);
  frame[54] = NEIGHBOUR_ADVERTISEMENT;
  frame[58] = OVERRIDE | (router ? ROUTER : 0);
  frame.set(address, 62);
  frame[78] = TARGET_LINK_LAYER_ADDRESS;
  frame[79] = 1; // in units of eight bytes
  frame.set(mac, 80);
  frame.writeUInt16BE(internetChecksum([pseudoHeader(frame), frame.subarray(54)]), 56);
  return frame;
}

/** Source, destination, length and next header: part of the checksum of every ICMPv6 message. */
function pseudoHeader(frame: Buffer): Buffer {
  const header = Buffer.alloc(40);
  header.set(frame.subarray(22, 54), 0);
  header.writeUInt32BE(32, 32);
  header[39] = ICMPV6;
  return header;
}
