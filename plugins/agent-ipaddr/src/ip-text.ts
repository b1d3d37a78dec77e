// Addresses in the one spelling that the Network port uses, so that they can be compared as text.
import { SocketAddress, isIP } from "node:net";
import type { IpFamily } from "@systole/sdk";

export interface IpText {
  /** Canonical text. */
  readonly address: string;
  readonly family: IpFamily;
}

/** Undefined when `text` is not an address, or carries a zone. */
export function canonicalAddress(text: string): IpText | undefined {
  const family = isIP(text);
  if ((family !== 4 && family !== 6) || text.includes("%")) return undefined;
  const { address } = new SocketAddress({ address: text, family: family === 4 ? "ipv4" : "ipv6" });
  return { address, family };
}

/** Last address of an IPv4 network; undefined where a network has none (31 and 32 bits). */
export function broadcastOf(address: string, prefixLength: number): string | undefined {
  if (prefixLength > 30) return undefined;
  return address
    .split(".")
    .map((byte, index) => {
      const hostBits = 8 - Math.min(Math.max(prefixLength - index * 8, 0), 8);
      return Number(byte) | (2 ** hostBits - 1);
    })
    .join(".");
}
