// Gratuitous ARP: tells a segment which hardware address an IPv4 address has now (RFC 826, RFC 5227). Pure.

export const ETHERTYPE_ARP = 0x0806;
const BROADCAST_MAC = Buffer.alloc(6, 0xff);

/**
 * An Ethernet frame of 42 bytes. Some hosts believe only the one form, some only the other: send both.
 * @param mac six bytes @param address four bytes
 */
export function gratuitousArp(form: "request" | "reply", mac: Uint8Array, address: Uint8Array): Buffer {
  const frame = Buffer.alloc(42);
  frame.set(BROADCAST_MAC, 0);
  frame.set(mac, 6);
  frame.writeUInt16BE(ETHERTYPE_ARP, 12);
  frame.writeUInt16BE(1, 14); // hardware: Ethernet
  frame.writeUInt16BE(0x0800, 16); // protocol: IPv4
  frame[18] = 6;
  frame[19] = 4;
  frame.writeUInt16BE(form === "request" ? 1 : 2, 20);
  frame.set(mac, 22);
  frame.set(address, 28);
  // The target's hardware address is what a request asks for; in the reply it is our own.
  if (form === "reply") frame.set(mac, 32);
  frame.set(address, 38);
  return frame;
}
