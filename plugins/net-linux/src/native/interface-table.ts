// Interfaces by netlink, not by /sys: inside a network namespace /sys may show another one's.
import type { HeldAddress, NetworkInterface } from "@systole/sdk";
import { checkInterfaceName } from "../address-spec.js";
import { RTM_GETADDR, RTM_NEWADDR, decodeAddress, encodeAddressDump } from "../netlink/address.js";
import { RTM_GETLINK, RTM_NEWLINK, decodeLink, encodeLinkRequest } from "../netlink/link.js";
import { Errno, callFailed, interfaceNotFound } from "../network-errors.js";
import type { Rtnetlink } from "./rtnetlink.js";

export function listInterfaces(rtnetlink: Rtnetlink): NetworkInterface[] {
  return rtnetlink.dump(RTM_GETLINK, encodeLinkRequest()).flatMap((message) => {
    const link = message.type === RTM_NEWLINK ? decodeLink(message) : undefined;
    return link === undefined ? [] : [link];
  });
}

/** Throws `INTERFACE_NOT_FOUND`, or `NETWORK_UNSUPPORTED` when the kernel does not say. */
export function findInterface(rtnetlink: Rtnetlink, name: string): NetworkInterface {
  checkInterfaceName(name);
  const answer = rtnetlink.get(RTM_GETLINK, encodeLinkRequest(name));
  if (!answer.ok && answer.errno !== Errno.ENODEV) {
    throw callFailed("NETWORK_UNSUPPORTED", `look up interface ${name}`, answer.errno);
  }
  const [message] = answer.ok ? answer.messages : [];
  const link = message === undefined ? undefined : decodeLink(message);
  if (link === undefined) throw interfaceNotFound(name);
  return link;
}

export function listAddresses(rtnetlink: Rtnetlink): HeldAddress[] {
  const names = new Map(listInterfaces(rtnetlink).map((link) => [link.index, link.name]));
  return rtnetlink.dump(RTM_GETADDR, encodeAddressDump()).flatMap((message) => {
    const held =
      message.type === RTM_NEWADDR ? decodeAddress(message, (index) => names.get(index)) : undefined;
    return held === undefined ? [] : [held];
  });
}
