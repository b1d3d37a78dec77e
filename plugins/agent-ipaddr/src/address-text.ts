// heartbeat's shorthand for an address: `IP[/MASKBITS[/NIC[/BCAST]]]`, or `IP/MASKBITS/BCAST`. Pure.
import { canonicalAddress, type IpText } from "./ip-text.js";

/** Interface names and labels have at most this many bytes (IFNAMSIZ without the final zero). */
const MAX_NAME_BYTES = 15;

export interface WantedAddress extends IpText {
  /** Absent: that of the connected network. */
  readonly prefixLength?: number;
  /** Absent: the interface of the connected network. */
  readonly interface?: string;
  /** Alias such as `eth0:0`; IPv4 only. */
  readonly label?: string;
  /** Absent: the last address of the network. */
  readonly broadcast?: string;
}

/** `problem` is a sentence for the operator. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** Parses `IP[/MASKBITS[/NIC[/BCAST]]]` or `IP/MASKBITS/BCAST`; never throws. */
export function parseAddressText(text: string): Parsed<WantedAddress> {
  const parts = splitAddressText(text);
  return parts.ok ? checkParts(parts.value) : parts;
}

/** The parts of an address as they are written. */
export interface AddressParts {
  readonly address: string;
  readonly prefix: string | undefined;
  readonly nic: string | undefined;
  readonly broadcast: string | undefined;
}

/** A third part that begins with a digit is the broadcast address, as in heartbeat. */
export function splitAddressText(text: string): Parsed<AddressParts> {
  const [address = "", prefix, third, fourth, ...rest] = text.split("/");
  if (rest.length > 0) return refuse(`${text} has more than four parts: write IP/MASKBITS/NIC/BROADCAST`);
  const thirdIsBroadcast = third !== undefined && /^\d/u.test(third);
  if (thirdIsBroadcast && fourth !== undefined) {
    return refuse(`in ${text} the third part must be an interface: ${third} begins with a digit`);
  }
  const [nic, broadcast] = thirdIsBroadcast ? [undefined, third] : [third, fourth];
  return { ok: true, value: { address, prefix, nic, broadcast } };
}

/** Checks the parts one by one; the first problem counts. */
export function checkParts(parts: AddressParts): Parsed<WantedAddress> {
  const ip = canonicalAddress(parts.address);
  if (ip === undefined) return refuse(`${quoted(parts.address)} is not an IPv4 or IPv6 address`);
  if (!canBeHeld(ip)) return refuse(`${ip.address} cannot be the address of a host`);
  const prefixLength = parts.prefix === undefined ? undefined : parsePrefix(parts.prefix, ip);
  if (typeof prefixLength === "string") return refuse(prefixLength);
  const nic = parts.nic === undefined ? undefined : parseNic(parts.nic);
  if (typeof nic === "string") return refuse(nic);
  const broadcast = parts.broadcast === undefined ? undefined : canonicalAddress(parts.broadcast);
  if (parts.broadcast !== undefined) {
    if (ip.family === 6) return refuse(`${ip.address} is IPv6, which has no broadcast address`);
    if (broadcast?.family !== 4) return refuse(`${quoted(parts.broadcast)} is not an IPv4 broadcast address`);
  }
  return {
    ok: true,
    value: {
      ...ip,
      ...(prefixLength !== undefined && { prefixLength }),
      ...(nic !== undefined && { interface: nic.interface }),
      // IPv6 addresses carry no label: there the alias only names the interface.
      ...(nic?.label !== undefined && ip.family === 4 && { label: nic.label }),
      ...(broadcast !== undefined && { broadcast: broadcast.address }),
    },
  };
}

function parsePrefix(text: string, ip: IpText): number | string {
  const bits = ip.family === 4 ? 32 : 128;
  if (/^\d{1,3}$/u.test(text) && Number(text) >= 1 && Number(text) <= bits) return Number(text);
  const fromMask = ip.family === 4 ? prefixOfMask(text) : undefined;
  return fromMask === undefined
    ? `${quoted(text)} is not a number of mask bits from 1 to ${bits}`
    : `${text} is a netmask: write it as mask bits, ${fromMask}`;
}

/** Mask bits of `255.255.255.0`; undefined when it is not a netmask. */
export function prefixOfMask(text: string): number | undefined {
  const mask = canonicalAddress(text);
  if (mask?.family !== 4) return undefined;
  const bits = mask.address
    .split(".")
    .map((byte) => Number(byte).toString(2).padStart(8, "0"))
    .join("");
  return /^1+0*$/u.test(bits) ? bits.lastIndexOf("1") + 1 : undefined;
}

function parseNic(text: string): { interface: string; label?: string } | string {
  const [name = "", alias, ...rest] = text.split(":");
  if (name === "") return `${quoted(text)} is not the name of an interface`;
  if (rest.length > 0 || alias === "" || /[\s/]/u.test(text)) {
    return `${quoted(text)} is not the name of an interface or alias such as eth0:0`;
  }
  if (Buffer.byteLength(text) > MAX_NAME_BYTES) {
    return `${text} is too long: interfaces and aliases have at most ${MAX_NAME_BYTES} characters`;
  }
  return alias === undefined ? { interface: name } : { interface: name, label: text };
}

function canBeHeld(ip: IpText): boolean {
  if (ip.family === 6) return ip.address !== "::" && !ip.address.startsWith("ff");
  const first = Number(ip.address.split(".")[0]);
  return first > 0 && first < 224;
}

function refuse(problem: string): { ok: false; problem: string } {
  return { ok: false, problem };
}

function quoted(text: string): string {
  return text === "" ? "(nothing)" : JSON.stringify(text);
}
