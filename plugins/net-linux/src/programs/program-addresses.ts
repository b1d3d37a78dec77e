// Addresses by `ip`. What the program says is for people; what happened is judged by looking at the host.
import type { AddressClaim, AddressSpec, AnnounceOptions, HeldAddress, NetworkAddresses } from "@systole/sdk";
import { checkAddress, type CheckedAddress } from "../address-spec.js";
import { announcementKey, type Announcements } from "../announcements.js";
import { sameNetwork } from "../ip-address.js";
import { addressFailed, interfaceNotFound } from "../network-errors.js";
import { OWNER_TAG } from "../owner-tag.js";
import { lostNeighbours } from "../secondary-addresses.js";
import { findInterface, lookAtHost } from "./host-picture.js";
import type { HostPicture } from "./ip-json.js";
import { withKernelAdvertisement } from "./kernel-advertisement.js";
import type { ProgramAnnouncer } from "./program-announcer.js";
import { runProgram, type ProgramResult } from "./run-program.js";

export class ProgramAddresses implements NetworkAddresses {
  readonly #announcer: ProgramAnnouncer;
  readonly #announcements: Announcements;
  /** Changes one after the other: a neighbour that is put back must not be one that was just given up. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(announcer: ProgramAnnouncer, announcements: Announcements) {
    this.#announcer = announcer;
    this.#announcements = announcements;
  }

  async list(): Promise<readonly HeldAddress[]> {
    return (await lookAtHost()).addresses;
  }

  async add(spec: AddressSpec): Promise<"added" | "present"> {
    const address = checkAddress(spec);
    return await this.#inTurn(async () => {
      const renewed =
        address.lifetimeSeconds !== undefined && find(await lookAtHost(), address) !== undefined;
      if (renewed) return await replaceByProgram(address);
      return address.ip.family === 4 ? await addByProgram(address, []) : await this.#addIpv6(address);
    });
  }

  async remove(
    spec: Pick<AddressSpec, "address" | "prefixLength" | "interface">,
  ): Promise<"removed" | "absent"> {
    const address = checkAddress(spec);
    this.#announcements.cancel(announcementKey(address));
    return await this.#inTurn(() => removeByProgram(address));
  }

  async announce(spec: Pick<AddressSpec, "address" | "interface">, options?: AnnounceOptions): Promise<void> {
    const { ip, address, interface: name } = checkAddress({ ...spec, prefixLength: 0 });
    const link = await findInterface(name);
    if (link.mac === undefined) return;
    if (ip.family === 6 && this.#announcer.takeAdvertisedByKernel(address, name)) return;
    await this.#announcements.begin(announcementKey({ address, interface: name }), options, () =>
      this.#announcer.send(ip.family, address, link),
    );
  }

  /** No program of a plain Debian hears claims without taking part in the segment's traffic: nothing is heard. */
  watchClaims(
    _spec: Pick<AddressSpec, "address" | "interface">,
    _listener: (claim: AddressClaim) => void,
  ): () => void {
    return () => undefined;
  }

  async #addIpv6(address: CheckedAddress): Promise<"added" | "present"> {
    const added = await withKernelAdvertisement(address.interface, address.address, () =>
      addByProgram(address, []),
    );
    if (added === "added") this.#announcer.wasAdvertisedByKernel(address.address, address.interface);
    return added ?? (await addByProgram(address, ["nodad"]));
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#last.then(change);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

async function addByProgram(
  address: CheckedAddress,
  flags: readonly string[],
  owner: "systole" | undefined = "systole",
): Promise<"added" | "present"> {
  const result = await changeByProgram("add", address, flags, owner);
  if (result.exitCode === 0) return "added";
  const host = await lookAtHost();
  if (find(host, address) !== undefined) return "present";
  throw failed("add", address, host, result.complaint);
}

/** Gives an address that is there its lifetime anew. */
async function replaceByProgram(address: CheckedAddress): Promise<"present"> {
  const flags = address.ip.family === 6 ? ["nodad"] : [];
  const result = await changeByProgram("replace", address, flags, "systole");
  if (result.exitCode === 0) return "present";
  throw failed("renew", address, await lookAtHost(), result.complaint);
}

async function changeByProgram(
  verb: "add" | "replace",
  address: CheckedAddress,
  flags: readonly string[],
  owner: "systole" | undefined,
): Promise<ProgramResult> {
  const { lifetimeSeconds, label, broadcast } = address;
  const lifetime = String(lifetimeSeconds);
  const args = [
    "address",
    verb,
    `${address.address}/${address.prefixLength}`,
    "dev",
    address.interface,
    ...(label === undefined ? [] : ["label", label]),
    ...(broadcast === undefined ? [] : ["broadcast", broadcast.bytes.join(".")]),
    ...(lifetimeSeconds === undefined ? [] : ["valid_lft", lifetime, "preferred_lft", lifetime]),
    ...flags,
  ];
  if (owner === undefined) return await runProgram("ip", args);
  const tagged = await runProgram("ip", [...args, "proto", String(OWNER_TAG)]);
  // iproute2 before 6.4 does not know the word, and does nothing then.
  return tagged.exitCode !== 0 && tagged.complaint.includes('"proto"')
    ? await runProgram("ip", args)
    : tagged;
}

async function removeByProgram(address: CheckedAddress): Promise<"removed" | "absent"> {
  const before = await lookAtHost();
  if (find(before, address) === undefined) {
    if (!before.interfaces.some((one) => one.name === address.interface)) {
      throw interfaceNotFound(address.interface);
    }
    return "absent";
  }
  const text = `${address.address}/${address.prefixLength}`;
  const result = await runProgram("ip", ["address", "del", text, "dev", address.interface]);
  const neighbours = before.addresses.filter(
    (held) =>
      held.interface === address.interface &&
      sameNetwork(held.address, address.address, address.prefixLength),
  );
  if (result.exitCode === 0 && neighbours.length <= 1) return "removed";
  const after = await lookAtHost();
  if (find(after, address) !== undefined) throw failed("remove", address, after, result.complaint);
  for (const lost of lostNeighbours(address, before.addresses, after.addresses)) {
    await addByProgram(checkAddress(lost), [], lost.owner);
  }
  return result.exitCode === 0 ? "removed" : "absent";
}

function find(host: HostPicture, address: CheckedAddress): HeldAddress | undefined {
  return host.addresses.find(
    (held) =>
      held.address === address.address &&
      held.prefixLength === address.prefixLength &&
      held.interface === address.interface,
  );
}

function failed(verb: string, address: CheckedAddress, host: HostPicture, complaint: string): Error {
  if (!host.interfaces.some((one) => one.name === address.interface)) {
    return interfaceNotFound(address.interface);
  }
  const hint = /not permitted|denied/iu.test(complaint)
    ? "; run as root, or with the capability NET_ADMIN"
    : "";
  return addressFailed(
    `${verb} ${address.address}/${address.prefixLength} on ${address.interface}`,
    complaint + hint,
  );
}
