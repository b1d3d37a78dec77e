// What a change of the list of nodes needs: reading it from a message, writing it into one, and the guards of heartbeat.
import { textField, textMessage, type Message, type NodeRequest } from "../../ports/index.js";
import { LIMITS } from "../limits.js";
import type { Roster } from "./roster.js";
import { numberField } from "./wire-values.js";

const NODE_NAME = /^[a-z0-9_](?:[a-z0-9._-]{0,98}[a-z0-9_])?$/;
const MAX_WEIGHT = 1_000_000;
// eslint-disable-next-line no-control-regex -- control characters are what it refuses
const SITE = /^[^\u0000-\u001f\u007f]{1,64}$/;

/** Names of a `nodelist`, in small letters, each once; what cannot be a name is left out. */
export function namesIn(message: Message, field: string): readonly string[] {
  const words = (textField(message, field) ?? "").toLowerCase().split(/[ \t]+/);
  return [...new Set(words.filter((word) => NODE_NAME.test(word)))].slice(0, LIMITS.nodes);
}

/** The change that a message asks for; undefined when it asks for none that makes sense. */
export function requestOf(type: string, message: Message): NodeRequest | undefined {
  const node = textField(message, "node")?.toLowerCase();
  switch (type) {
    case "addnode":
      return { kind: "add", nodes: namesIn(message, "nodelist") };
    case "delnode":
      return { kind: "delete", nodes: namesIn(message, "nodelist") };
    case "setweight": {
      const weight = numberField(message, "weight", 10);
      return node === undefined || weight === undefined ? undefined : { kind: "weight", node, weight };
    }
    case "setsite": {
      const site = textField(message, "site");
      return node === undefined || site === undefined ? undefined : { kind: "site", node, site };
    }
    default:
      return undefined;
  }
}

/** The same as it is told to the others. */
export function messageOf(request: NodeRequest): Message {
  switch (request.kind) {
    case "add":
      return textMessage({ t: "addnode", nodelist: nameList(request.nodes) });
    case "delete":
      return textMessage({ t: "delnode", nodelist: nameList(request.nodes) });
    case "weight":
      return textMessage({ t: "setweight", node: request.node, weight: String(request.weight) });
    case "site":
      return textMessage({ t: "setsite", node: request.node, site: request.site });
  }
}

/** As heartbeat writes lists: a blank behind each name, and one alone for none. */
export function nameList(names: readonly string[]): string {
  return names.length === 0 ? " " : names.map((name) => `${name} `).join("");
}

/** Why a change must not be made, as a sentence; undefined when it may. */
export function objectionTo(request: NodeRequest, roster: Roster): string | undefined {
  switch (request.kind) {
    case "add":
      return objectionToAdding(request.nodes, roster);
    case "delete":
      return objectionToDeleting(request.nodes, roster);
    case "weight":
      if (!roster.names().includes(request.node)) return `there is no node ${request.node}`;
      return Number.isInteger(request.weight) && request.weight >= 0 && request.weight <= MAX_WEIGHT
        ? undefined
        : `a weight is a whole number from 0 to ${MAX_WEIGHT}`;
    case "site":
      if (!roster.names().includes(request.node)) return `there is no node ${request.node}`;
      return SITE.test(request.site) ? undefined : "a site is a word of at most 64 characters";
  }
}

function objectionToAdding(nodes: readonly string[], roster: Roster): string | undefined {
  const bad = nodes.find((name) => !NODE_NAME.test(name));
  if (nodes.length === 0) return "no node is named";
  if (bad !== undefined) return `"${bad}" cannot be a node's name`;
  const fresh = nodes.filter((name) => !roster.names().includes(name));
  const ping = fresh.find((name) => roster.find(name) !== undefined);
  if (ping !== undefined) return `${ping} is a ping node`;
  return roster.names().length + fresh.length > LIMITS.nodes
    ? `there can be at most ${LIMITS.nodes} nodes`
    : undefined;
}

// As heartbeat: whoever is deleted must be gone, and everybody else must be there to hear of it.
function objectionToDeleting(nodes: readonly string[], roster: Roster): string | undefined {
  if (nodes.length === 0) return "no node is named";
  if (nodes.includes(roster.own.name)) return `${roster.own.name} is this node and lives; stop it first`;
  for (const name of nodes) {
    const node = roster.peers.find((peer) => peer.name === name);
    if (node === undefined) return `there is no node ${name}`;
    if (node.state !== "dead") return `${name} is not dead; stop it first`;
  }
  const absent = roster.peers.find((peer) => !nodes.includes(peer.name) && !peer.isLive());
  return absent === undefined
    ? undefined
    : `${absent.name} is not there to hear of it; start it, or delete it too`;
}
