// What a resource of the configuration asks for: the text of haresources, or the named parameters of later formats.
import type { ResourceSpec } from "@systole/sdk";
import {
  checkParts,
  prefixOfMask,
  splitAddressText,
  type AddressParts,
  type Parsed,
  type WantedAddress,
} from "./address-text.js";
import { canonicalAddress } from "./ip-text.js";

const PARAMETERS = ["ip", "cidr_netmask", "nic", "broadcast"];

/** The text wins; parameters fill in what it leaves open. `cidr_netmask` may be mask bits or a netmask. Never throws. */
export function wantedAddress(resource: ResourceSpec): Parsed<WantedAddress> {
  const { args, parameters } = resource;
  const unknown = Object.keys(parameters).find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    return { ok: false, problem: `unknown parameter ${unknown}: there are ${PARAMETERS.join(", ")}` };
  }
  if (args.length > 1) {
    return { ok: false, problem: `write one argument such as 10.0.0.1/24/eth0; here are ${args.length}` };
  }
  const mask = parameters["cidr_netmask"];
  const named: AddressParts = {
    address: parameters["ip"] ?? "",
    prefix: mask === undefined ? undefined : (prefixOfMask(mask)?.toString() ?? mask),
    nic: parameters["nic"],
    broadcast: parameters["broadcast"],
  };
  const [text] = args;
  if (text === undefined) return checkParts(named);
  const written = splitAddressText(text);
  if (!written.ok) return written;
  const { address, prefix, nic, broadcast } = written.value;
  if (
    named.address !== "" &&
    canonicalAddress(named.address)?.address !== canonicalAddress(address)?.address
  ) {
    return { ok: false, problem: `the argument says ${address}, the parameter ip says ${named.address}` };
  }
  return checkParts({
    address,
    prefix: prefix ?? named.prefix,
    nic: nic ?? named.nic,
    broadcast: broadcast ?? named.broadcast,
  });
}
