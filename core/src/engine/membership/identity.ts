// Who speaks, and to whom. Names decide; a uuid that two nodes share is a copied disk, and is said so.
import { binaryField, textField, type MembershipInit, type Message } from "../../ports/index.js";
import type { NodeRecord } from "./node-record.js";
import type { Outbox } from "./outbox.js";
import type { Roster } from "./roster.js";
import type { Troubles } from "./troubles.js";
import { sameBytes } from "./wire-values.js";

const UUID_BYTES = 16;

export interface IdentityContext {
  readonly init: MembershipInit;
  readonly roster: Roster;
  readonly outbox: Outbox;
  readonly troubles: Troubles;
}

/**
 * Whether this node may say its uuid, which it does not have to: then it is known by its name. heartbeat takes two nodes with one
 * uuid for one that changes its name, and believes neither of them, so nobody says the uuid of another beside a heartbeat.
 */
export function maySayUuid(own: Uint8Array, roster: Roster): boolean {
  const isShared = roster.peers.some(({ uuid }) => uuid !== undefined && sameBytes(uuid, own));
  return !isShared || roster.peers.every(({ dialect }) => dialect !== "heartbeat");
}

/** Remembers a peer's uuid, which addresses messages to it; one that it said before still counts. True: it is a new one. */
export function noteUuid(node: NodeRecord, message: Message, context: IdentityContext): boolean {
  const { init, roster, outbox, troubles } = context;
  const said = binaryField(message, "srcuuid");
  const uuid = said?.length === UUID_BYTES ? said : node.uuid;
  if (uuid === undefined) return false;
  const isNew = node.uuid === undefined || !sameBytes(node.uuid, uuid);
  node.uuid = uuid;
  const twin = sameBytes(uuid, init.uuid)
    ? init.self
    : roster.peers.find((peer) => peer !== node && peer.uuid !== undefined && sameBytes(peer.uuid, uuid))
        ?.name;
  if (twin === undefined) return isNew;
  const sentence = `${node.name} and ${twin} have the same uuid, as after copying a disk; stop one of them, delete its files \`uuid\` (Systole) and \`hb_uuid\` (heartbeat), and start it again`;
  // Not when the uuid is new: a node that starts from a copied disk knows its twin's already.
  if (troubles.note(`uuid ${[node.name, twin].toSorted().join(" ")}`, sentence))
    outbox.event("node.uuid-copied", "error", { node: node.name, uuidOf: twin });
  return isNew;
}

/** Broadcast and multicast bring our own words back. Our name with another uuid is another machine. */
export function heardOwnName(message: Message, link: string, context: IdentityContext): void {
  const { init, outbox, troubles } = context;
  const uuid = binaryField(message, "srcuuid");
  if (uuid === undefined || sameBytes(uuid, init.uuid)) return;
  const sentence = `another machine on ${link} calls itself ${init.self} too; give it a name of its own`;
  troubles.note(`name ${init.self}`, sentence);
  outbox.event("node.name-taken", "error", { link, node: init.self });
}

export function isAddressedTo(message: Message, init: MembershipInit): boolean {
  const destination = textField(message, "dest");
  if (destination !== undefined) return destination.toLowerCase() === init.self;
  const uuid = binaryField(message, "destuuid");
  return uuid === undefined || uuid.every((byte) => byte === 0) || sameBytes(uuid, init.uuid);
}
