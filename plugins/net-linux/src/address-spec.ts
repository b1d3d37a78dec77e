// Checks an address before the kernel sees it, so that both back ends refuse the same things in the same words.
import type { AddressSpec } from "@systole/sdk";
import { formatIp, parseIp, type IpAddress } from "./ip-address.js";
import { addressFailed, interfaceNotFound } from "./network-errors.js";

/** Interface names and labels have at most this many bytes (IFNAMSIZ without the final zero). */
export const MAX_INTERFACE_NAME_BYTES = 15;

export interface CheckedAddress {
  readonly ip: IpAddress;
  /** Canonical text of `ip`. */
  readonly address: string;
  readonly prefixLength: number;
  readonly interface: string;
  readonly label?: string;
  readonly broadcast?: IpAddress;
  /** Absent: for ever. */
  readonly lifetimeSeconds?: number;
}

/** The kernel counts whole seconds in 32 bits; all ones mean for ever. */
const MAX_LIFETIME_SECONDS = 0xfffffffe;

/** Throws `ADDRESS_FAILED` or `INTERFACE_NOT_FOUND`. */
export function checkAddress(spec: AddressSpec): CheckedAddress {
  const refuse = (reason: string): Error => addressFailed(`use address ${spec.address}`, reason);
  const ip = parseIp(spec.address);
  if (ip === undefined) throw refuse("it is not an IPv4 or IPv6 address");
  const bits = ip.family === 4 ? 32 : 128;
  if (!Number.isInteger(spec.prefixLength) || spec.prefixLength < 0 || spec.prefixLength > bits) {
    throw refuse(`prefix length ${spec.prefixLength} is not within 0..${bits}`);
  }
  checkInterfaceName(spec.interface);
  if (spec.label !== undefined) {
    if (ip.family === 6) throw refuse("IPv6 addresses have no label");
    if (!spec.label.startsWith(spec.interface)) {
      throw refuse(`label ${spec.label} does not begin with ${spec.interface}`);
    }
    if (Buffer.byteLength(spec.label) > MAX_INTERFACE_NAME_BYTES) {
      throw refuse(`label ${spec.label} is longer than ${MAX_INTERFACE_NAME_BYTES} bytes`);
    }
  }
  const broadcast = spec.broadcast === undefined ? undefined : parseIp(spec.broadcast);
  if (spec.broadcast !== undefined && (ip.family !== 4 || broadcast?.family !== 4)) {
    throw refuse(`broadcast ${spec.broadcast} does not fit an IPv${ip.family} address`);
  }
  const lifetimeSeconds = spec.lifetimeMs === undefined ? undefined : spec.lifetimeMs / 1000;
  if (lifetimeSeconds !== undefined && !isLifetime(lifetimeSeconds)) {
    throw refuse(`lifetime ${spec.lifetimeMs} ms is not a number of whole seconds`);
  }
  return {
    ip,
    address: formatIp(ip.bytes),
    prefixLength: spec.prefixLength,
    interface: spec.interface,
    ...(spec.label !== undefined && { label: spec.label }),
    ...(broadcast !== undefined && { broadcast }),
    ...(lifetimeSeconds !== undefined && { lifetimeSeconds }),
  };
}

function isLifetime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_LIFETIME_SECONDS;
}

/** Refuses what no interface can be called; it also goes to command lines and paths. Throws `INTERFACE_NOT_FOUND`. */
export function checkInterfaceName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (
    bytes === 0 ||
    bytes > MAX_INTERFACE_NAME_BYTES ||
    /[\s/\0]/u.test(name) ||
    /^(-|\.{1,2}$)/u.test(name)
  ) {
    throw interfaceNotFound(name);
  }
}
