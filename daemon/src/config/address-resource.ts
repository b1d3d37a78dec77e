// An address resource as haresources writes it: `IP[/MASKBITS[/NIC[/BROADCAST]]]` or `IP/MASKBITS/BROADCAST`.
import { isIP, isIPv4 } from "node:net";

export type AddressResource =
  | {
      readonly ok: true;
      /** Lower-case, for telling whether two resources are the same address. */
      readonly address: string;
      /** Without the alias: `eth0` for `eth0:0`. */
      readonly interface?: string;
      /** As agents read it: a dotted mask has become a prefix length. */
      readonly text: string;
    }
  | { readonly ok: false; readonly message: string };

const FORM = "ADDRESS/24/eth0";
/** IFNAMSIZ without its terminator. */
const MAX_LABEL = 15;

/** Prefix length of a dotted mask, or undefined when it is none. */
function prefixOfMask(mask: string): number | undefined {
  if (!isIPv4(mask)) return undefined;
  const bits = mask
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("");
  return /^1*0*$/.test(bits) ? bits.replaceAll("0", "").length : undefined;
}

function failure(message: string): AddressResource {
  return { ok: false, message };
}

/** Whether this is an address by its looks, so that no script name has to be given. */
export function looksLikeAddress(text: string): boolean {
  if (/^\d+\.\d+\.\d+\.\d+/.test(text)) return true;
  const [head = ""] = text.split("/");
  // `name::1` is a script with an argument; `2001:db8::1` and `fe80::1/64` can only be addresses.
  return isIP(head) === 6 && (text.includes("/") || /[^:]:[^:]/.test(head));
}

export function parseAddressResource(text: string): AddressResource {
  const parts = text.split("/");
  const [address = "", bits, third, fourth] = parts;
  const family = isIP(address);
  if (family === 0) return failure(`"${address}" is not an IP address; write e.g. ${FORM}`);
  if (parts.length > 4) return failure(`there are too many slashes; write ${FORM}`);
  const most = family === 4 ? 32 : 128;
  const prefix = bits === undefined || /^\d{1,3}$/.test(bits) ? Number(bits ?? most) : prefixOfMask(bits);
  if (prefix === undefined || prefix > most || prefix === 0) {
    return failure(`"${bits}" is not a prefix length; write a number from 1 to ${most} after the address`);
  }
  const thirdIsBroadcast = third !== undefined && /^\d/.test(third);
  const nic = thirdIsBroadcast ? undefined : third;
  const broadcast = thirdIsBroadcast ? third : fourth;
  if (thirdIsBroadcast && fourth !== undefined) {
    return failure(`an interface cannot begin with a digit; write ${FORM}/BROADCAST`);
  }
  if (broadcast !== undefined && (family === 6 || !isIPv4(broadcast))) {
    return failure(`"${broadcast}" is not an IPv4 broadcast address; correct it or delete it`);
  }
  const [device] = nic?.split(":") ?? [];
  if (nic !== undefined && (!/^[^\s:]+(:[^\s:]+)?$/.test(nic) || nic.length > MAX_LABEL)) {
    return failure(`"${nic}" cannot be an interface; write e.g. eth0, or eth0:0 with an alias`);
  }
  const rest = parts.slice(2);
  return {
    ok: true,
    address: address.toLowerCase(),
    ...(device !== undefined && { interface: device }),
    text: bits === undefined ? text : [address, String(prefix), ...rest].join("/"),
  };
}
