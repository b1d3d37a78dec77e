// Who speaks, and to whom. Names decide; a uuid that two nodes share is a copied disk, and is said so.
import { binaryField, textField, type MembershipInit, type Message } from "../../ports/index.js";
import type { NodeRecord } from "./node-record.js";
import type { Outbox } from "./outbox.js";
import { sameBytes } from "./wire-values.js";

const UUID_BYTES = 16;

/** Remembers a peer's uuid, which addresses messages to it. */
export function noteUuid(node: NodeRecord, message: Message, init: MembershipInit, outbox: Outbox): void {
  const uuid = binaryField(message, "srcuuid");
  if (uuid?.length !== UUID_BYTES) return;
  if (node.uuid !== undefined && sameBytes(node.uuid, uuid)) return;
  node.uuid = uuid;
  if (sameBytes(uuid, init.uuid)) {
    outbox.event("node.uuid-copied", "error", { node: node.name, uuidOf: init.self });
  }
}

/** Broadcast and multicast bring our own words back. Our name with another uuid is another machine. */
export function heardOwnName(message: Message, link: string, init: MembershipInit, outbox: Outbox): void {
  const uuid = binaryField(message, "srcuuid");
  if (uuid !== undefined && !sameBytes(uuid, init.uuid)) {
    outbox.event("node.name-taken", "error", { link, node: init.self });
  }
}

export function isAddressedTo(message: Message, init: MembershipInit): boolean {
  const destination = textField(message, "dest");
  if (destination !== undefined) return destination.toLowerCase() === init.self;
  const uuid = binaryField(message, "destuuid");
  return uuid === undefined || uuid.every((byte) => byte === 0) || sameBytes(uuid, init.uuid);
}
