// Addresses by rtnetlink, announcements by AF_PACKET: a takeover costs microseconds.
import type { AddressSpec, AnnounceOptions, HeldAddress, NetworkAddresses } from "@systole/sdk";
import { checkAddress, type CheckedAddress } from "../address-spec.js";
import { announcementKey, type Announcements } from "../announcements.js";
import { RTM_DELADDR, RTM_NEWADDR, encodeDeleteAddress, encodeNewAddress } from "../netlink/address.js";
import { NLM_F_CREATE_EXCLUSIVE } from "../netlink/wire.js";
import { Errno, addressFailed } from "../network-errors.js";
import { lostNeighbours } from "../secondary-addresses.js";
import type { AnnounceSocket } from "./announce-socket.js";
import { findInterface, listAddresses } from "./interface-table.js";
import type { Rtnetlink } from "./rtnetlink.js";

export class NativeAddresses implements NetworkAddresses {
  readonly #rtnetlink: Rtnetlink;
  readonly #announcer: AnnounceSocket;
  readonly #announcements: Announcements;

  constructor(rtnetlink: Rtnetlink, announcer: AnnounceSocket, announcements: Announcements) {
    this.#rtnetlink = rtnetlink;
    this.#announcer = announcer;
    this.#announcements = announcements;
  }

  async list(): Promise<readonly HeldAddress[]> {
    return listAddresses(this.#rtnetlink);
  }

  async add(spec: AddressSpec): Promise<"added" | "present"> {
    const address = checkAddress(spec);
    return this.#add(address, findInterface(this.#rtnetlink, address.interface).index);
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
        this.#add(checkAddress(lost), index);
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

  #add(address: CheckedAddress, interfaceIndex: number): "added" | "present" {
    const body = encodeNewAddress(address, interfaceIndex);
    const answer = this.#rtnetlink.change(RTM_NEWADDR, NLM_F_CREATE_EXCLUSIVE, body);
    if (answer.ok) return "added";
    if (answer.errno === Errno.EEXIST) return "present";
    throw addressFailed(`add ${text(address)}`, answer.reason);
  }
}

function text(address: CheckedAddress): string {
  return `${address.address}/${address.prefixLength} on ${address.interface}`;
}
