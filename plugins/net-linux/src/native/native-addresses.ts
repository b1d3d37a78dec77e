// Addresses by rtnetlink, announcements by AF_PACKET: a takeover costs microseconds.
import type { AddressClaim, AddressSpec, AnnounceOptions, HeldAddress, NetworkAddresses } from "@systole/sdk";
import { checkAddress, type CheckedAddress } from "../address-spec.js";
import { announcementKey, type Announcements } from "../announcements.js";
import { RTM_DELADDR, RTM_NEWADDR, encodeDeleteAddress, encodeNewAddress } from "../netlink/address.js";
import { NLM_F_CREATE_EXCLUSIVE, NLM_F_REPLACE } from "../netlink/wire.js";
import { Errno, addressFailed } from "../network-errors.js";
import { lostNeighbours } from "../secondary-addresses.js";
import type { AnnounceSocket } from "./announce-socket.js";
import type { ClaimWatches } from "./claim-watch.js";
import { findInterface, listAddresses } from "./interface-table.js";
import type { Rtnetlink } from "./rtnetlink.js";

export class NativeAddresses implements NetworkAddresses {
  readonly #rtnetlink: Rtnetlink;
  readonly #announcer: AnnounceSocket;
  readonly #announcements: Announcements;
  readonly #claims: ClaimWatches;

  constructor(
    rtnetlink: Rtnetlink,
    announcer: AnnounceSocket,
    announcements: Announcements,
    claims: ClaimWatches,
  ) {
    this.#rtnetlink = rtnetlink;
    this.#announcer = announcer;
    this.#announcements = announcements;
    this.#claims = claims;
  }

  async list(): Promise<readonly HeldAddress[]> {
    return listAddresses(this.#rtnetlink);
  }

  async add(spec: AddressSpec): Promise<"added" | "present"> {
    const address = checkAddress(spec);
    return this.#add(address, findInterface(this.#rtnetlink, address.interface).index, "systole");
  }

  async remove(
    spec: Pick<AddressSpec, "address" | "prefixLength" | "interface">,
  ): Promise<"removed" | "absent"> {
    const address = checkAddress(spec);
    this.#announcements.cancel(announcementKey(address));
    const { index } = findInterface(this.#rtnetlink, address.interface);
    const before = address.ip.family === 4 ? listAddresses(this.#rtnetlink) : [];
    const answer = this.#rtnetlink.change(RTM_DELADDR, 0, encodeDeleteAddress(address, index));
    if (!answer.ok) {
      if (answer.errno === Errno.EADDRNOTAVAIL) return "absent";
      throw addressFailed(`remove ${text(address)}`, answer.reason);
    }
    if (before.length > 0) {
      for (const lost of lostNeighbours(address, before, listAddresses(this.#rtnetlink))) {
        this.#add(checkAddress(lost), index, lost.owner);
      }
    }
    return "removed";
  }

  async announce(spec: Pick<AddressSpec, "address" | "interface">, options?: AnnounceOptions): Promise<void> {
    const { ip, address, interface: name } = checkAddress({ ...spec, prefixLength: 0 });
    const link = findInterface(this.#rtnetlink, name);
    const { mac } = link;
    if (mac === undefined) return;
    await this.#announcements.begin(announcementKey({ address, interface: name }), options, async () => {
      this.#announcer.send({ ...link, mac }, ip);
    });
  }

  watchClaims(
    spec: Pick<AddressSpec, "address" | "interface">,
    listener: (claim: AddressClaim) => void,
  ): () => void {
    return this.#claims.watch(checkAddress({ ...spec, prefixLength: 0 }), listener);
  }

  #add(address: CheckedAddress, interfaceIndex: number, owner: "systole" | undefined): "added" | "present" {
    const body = encodeNewAddress(address, interfaceIndex, owner);
    const answer = this.#rtnetlink.change(RTM_NEWADDR, NLM_F_CREATE_EXCLUSIVE, body);
    if (answer.ok) return "added";
    if (answer.errno !== Errno.EEXIST) throw addressFailed(`add ${text(address)}`, answer.reason);
    if (address.lifetimeSeconds === undefined) return "present";
    const renewal = this.#rtnetlink.change(RTM_NEWADDR, NLM_F_REPLACE, body);
    if (!renewal.ok) throw addressFailed(`renew ${text(address)}`, renewal.reason);
    return "present";
  }
}

function text(address: CheckedAddress): string {
  return `${address.address}/${address.prefixLength} on ${address.interface}`;
}
