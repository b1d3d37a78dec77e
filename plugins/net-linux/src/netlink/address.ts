// Address messages of rtnetlink (struct ifaddrmsg and its attributes). Pure.
import type { HeldAddress } from "@systole/sdk";
import type { CheckedAddress } from "../address-spec.js";
import { formatIp } from "../ip-address.js";
import { OWNER_TAG, ownerOfTag } from "../owner-tag.js";
import {
  attributeNumber,
  attributeText,
  decodeAttributes,
  encodeAttribute,
  encodeTextAttribute,
  type NetlinkMessage,
} from "./wire.js";

export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;

const AF_INET = 2;
const AF_INET6 = 10;
const IFA_F_NODAD = 0x02;
const IFA_F_DADFAILED = 0x08;
const RT_SCOPE_UNIVERSE = 0;
const RT_SCOPE_HOST = 254;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_BROADCAST = 4;
const IFA_CACHEINFO = 6;
const IFA_FLAGS = 8;
const IFA_PROTO = 11;
const FOREVER = 0xffffffff;
const HEADER_BYTES = 8;

/**
 * Body of RTM_NEWADDR. IPv6 is added without duplicate detection: a takeover cannot wait for it. Kernels that do not know
 * the owner's tag pass over it.
 */
export function encodeNewAddress(
  address: CheckedAddress,
  interfaceIndex: number,
  owner: "systole" | undefined,
): Buffer {
  const { lifetimeSeconds } = address;
  return Buffer.concat([
    addressHeader(address, interfaceIndex, address.ip.family === 6 ? IFA_F_NODAD : 0),
    encodeAttribute(IFA_LOCAL, address.ip.bytes),
    encodeAttribute(IFA_ADDRESS, address.ip.bytes),
    ...(address.label === undefined ? [] : [encodeTextAttribute(IFA_LABEL, address.label)]),
    ...(address.broadcast === undefined ? [] : [encodeAttribute(IFA_BROADCAST, address.broadcast.bytes)]),
    ...(lifetimeSeconds === undefined ? [] : [encodeAttribute(IFA_CACHEINFO, cacheInfo(lifetimeSeconds))]),
    ...(owner === undefined ? [] : [encodeAttribute(IFA_PROTO, Uint8Array.of(OWNER_TAG))]),
  ]);
}

/** Body of RTM_DELADDR. */
export function encodeDeleteAddress(address: CheckedAddress, interfaceIndex: number): Buffer {
  return Buffer.concat([
    addressHeader(address, interfaceIndex, 0),
    encodeAttribute(IFA_LOCAL, address.ip.bytes),
    encodeAttribute(IFA_ADDRESS, address.ip.bytes),
  ]);
}

/** Body of an RTM_GETADDR dump of both families. */
export function encodeAddressDump(): Buffer {
  return Buffer.alloc(HEADER_BYTES);
}

/** An RTM_NEWADDR or RTM_DELADDR; undefined for other families and for malformed messages. */
export function decodeAddress(
  message: NetlinkMessage,
  interfaceName: (index: number) => string | undefined,
): HeldAddress | undefined {
  const { body } = message;
  if (body.length < HEADER_BYTES) return undefined;
  const family = body[0] === AF_INET ? 4 : body[0] === AF_INET6 ? 6 : undefined;
  const name = interfaceName(body.readUInt32LE(4));
  const attributes = decodeAttributes(body.subarray(HEADER_BYTES));
  // On a point-to-point interface IFA_ADDRESS is the other end's.
  const bytes = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  if (family === undefined || name === undefined || bytes?.length !== (family === 4 ? 4 : 16))
    return undefined;
  const label = attributeText(attributes.get(IFA_LABEL));
  const broadcast = attributes.get(IFA_BROADCAST);
  const lifetimeSeconds = attributeNumber(attributes.get(IFA_CACHEINFO)?.subarray(4)) ?? FOREVER;
  const flags = attributeNumber(attributes.get(IFA_FLAGS)) ?? body[2] ?? 0;
  return {
    address: formatIp(bytes),
    family,
    prefixLength: body[1] ?? 0,
    interface: name,
    ...(label !== undefined && label !== name && { label }),
    ...(broadcast?.length === 4 && { broadcast: formatIp(broadcast) }),
    ...(family === 6 && (flags & IFA_F_DADFAILED) !== 0 && { duplicate: true }),
    ...(lifetimeSeconds !== FOREVER && { lifetimeMs: lifetimeSeconds * 1000 }),
    ...ownerOfTag(attributes.get(IFA_PROTO)?.[0]),
  };
}

/**
 * struct ifa_cacheinfo: how long the address is preferred, and how long it is valid. Both are the same, so that it is never
 * deprecated: it is chosen as a source as long as it is there.
 */
function cacheInfo(lifetimeSeconds: number): Buffer {
  const info = Buffer.alloc(16);
  info.writeUInt32LE(lifetimeSeconds, 0);
  info.writeUInt32LE(lifetimeSeconds, 4);
  return info;
}

function addressHeader(address: CheckedAddress, interfaceIndex: number, flags: number): Buffer {
  const loopback = address.ip.family === 4 && address.ip.bytes[0] === 127;
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = address.ip.family === 4 ? AF_INET : AF_INET6;
  header[1] = address.prefixLength;
  header[2] = flags;
  header[3] = loopback ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
  header.writeUInt32LE(interfaceIndex, 4);
  return header;
}
