// Route messages of rtnetlink (struct rtmsg and its attributes). Pure.
import type { IpAddress } from "../ip-address.js";
import { formatIp } from "../ip-address.js";
import { attributeNumber, decodeAttributes, encodeAttribute, type NetlinkMessage } from "./wire.js";

export const RTM_NEWROUTE = 24;
export const RTM_GETROUTE = 26;

const AF_INET = 2;
const AF_INET6 = 10;
const RTM_F_FIB_MATCH = 0x2000;
const RTN_BLACKHOLE = 6;
const RTN_PROHIBIT = 8;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PREFSRC = 7;
const RTA_MULTIPATH = 9;
const RTA_VIA = 18;
const HEADER_BYTES = 12;

/**
 * Body of RTM_GETROUTE. `decided` asks for the route as it would be used for this destination, `matched` for the entry
 * of the table that decides, which alone knows the length of its prefix.
 */
export function encodeRouteRequest(destination: IpAddress, answer: "decided" | "matched"): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = destination.family === 4 ? AF_INET : AF_INET6;
  header[1] = destination.bytes.length * 8;
  header.writeUInt32LE(answer === "matched" ? RTM_F_FIB_MATCH : 0, 8);
  return Buffer.concat([header, encodeAttribute(RTA_DST, destination.bytes)]);
}

export interface DecodedRoute {
  readonly prefixLength: number;
  readonly interfaceIndex?: number;
  readonly source?: string;
  /** Behind a gateway, or over several paths. */
  readonly indirect: boolean;
}

/** An RTM_NEWROUTE; undefined when malformed or when the route says that there is no way. */
export function decodeRoute(message: NetlinkMessage): DecodedRoute | undefined {
  const { body } = message;
  if (body.length < HEADER_BYTES) return undefined;
  const kind = body[7] ?? 0;
  if (kind >= RTN_BLACKHOLE && kind <= RTN_PROHIBIT) return undefined;
  const attributes = decodeAttributes(body.subarray(HEADER_BYTES));
  const interfaceIndex = attributeNumber(attributes.get(RTA_OIF));
  const source = attributes.get(RTA_PREFSRC);
  return {
    prefixLength: body[1] ?? 0,
    ...(interfaceIndex !== undefined && { interfaceIndex }),
    ...((source?.length === 4 || source?.length === 16) && { source: formatIp(source) }),
    indirect: [RTA_GATEWAY, RTA_VIA, RTA_MULTIPATH].some((type) => attributes.has(type)),
  };
}
