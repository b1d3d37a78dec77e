// Asks a segment whether somebody has an address, without saying that we have it: an ARP probe (RFC 5227) or the solicitation
// of duplicate address detection (RFC 4862). Who has it answers. Pure.
import type { IpAddress } from "../ip-address.js";
import { ETHERTYPE_ARP } from "./arp.js";
import { internetChecksum } from "./internet-checksum.js";
import { ETHERTYPE_IPV6, ICMPV6, NEIGHBOUR_SOLICITATION } from "./neighbour-advertisement.js";

const BROADCAST_MAC = Buffer.alloc(6, 0xff);
const ARP_REQUEST = 1;

/** A whole Ethernet frame from `mac`, six bytes. */
export function addressProbe(mac: Uint8Array, ip: IpAddress): Buffer {
  return ip.family === 4 ? arpProbe(mac, ip.bytes) : duplicateSolicitation(mac, ip.bytes);
}

/** The sender's address is left zero, so that nobody's cache changes. */
function arpProbe(mac: Uint8Array, address: Uint8Array): Buffer {
  const frame = Buffer.alloc(42);
  frame.set(BROADCAST_MAC, 0);
  frame.set(mac, 6);
  frame.writeUInt16BE(ETHERTYPE_ARP, 12);
  frame.writeUInt16BE(1, 14); // hardware: Ethernet
  frame.writeUInt16BE(0x0800, 16); // protocol: IPv4
  frame[18] = 6;
  frame[19] = 4;
  frame.writeUInt16BE(ARP_REQUEST, 20);
  frame.set(mac, 22);
  frame.set(address, 38);
  return frame;
}

/** From the unspecified address to the group of everybody whose address ends in the same three bytes. */
function duplicateSolicitation(mac: Uint8Array, address: Uint8Array): Buffer {
  const lastThree = address.subarray(13);
  const group = Buffer.concat([Buffer.from("ff0200000000000000000001ff", "hex"), lastThree]);
  const frame = Buffer.alloc(78);
  frame.set([0x33, 0x33, 0xff, ...lastThree], 0);
  frame.set(mac, 6);
  frame.writeUInt16BE(ETHERTYPE_IPV6, 12);
  frame[14] = 0x60; // version 6
  frame.writeUInt16BE(24, 18); // payload bytes
  frame[20] = ICMPV6;
  frame[21] = 255; // hop limit: receivers refuse anything that was forwarded
  frame.set(group, 38);
  frame[54] = NEIGHBOUR_SOLICITATION;
  frame.set(address, 62);
  const pseudoHeader = Buffer.concat([frame.subarray(22, 54), Buffer.from([0, 0, 0, 24, 0, 0, 0, ICMPV6])]);
  frame.writeUInt16BE(internetChecksum([pseudoHeader, frame.subarray(54)]), 56);
  return frame;
}
