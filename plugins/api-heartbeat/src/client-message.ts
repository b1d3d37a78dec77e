// What a named client may say to the cluster, and what is made of it. Pure.
import { textField, type Field, type GroupSet, type Message, type OperatorRequest } from "@systole/sdk";

export interface Speaker {
  readonly name: string;
  /** Counts the sign-ons of this node. */
  readonly generation: number;
}

export type Said =
  | { readonly kind: "send"; readonly message: Message; readonly to?: string }
  /** heartbeat's way of asking for what an operator may ask for. */
  | { readonly kind: "request"; readonly request: OperatorRequest }
  | { readonly kind: "refused"; readonly reason: string };

/** Types that only the daemon itself may say: from a client they would confuse its peers. */
const RESERVED: ReadonlySet<string> = new Set([
  "addnode",
  "delnode",
  "hbapi-clstat",
  "hbapi-req",
  "hbapi-resp",
  "ifstat",
  "ip-request",
  "ip-request-resp",
  "query-cstatus",
  "repnodes",
  "reqnodes",
  "resource",
  "respond-cstatus",
  "setsite",
  "setweight",
  "shutdone",
  "starting",
  "status",
  "stonith",
]);
/** Fields that membership adds, and that a client does not decide. */
const OWNED: ReadonlySet<string> = new Set([
  "auth",
  "client_gen",
  "dest",
  "destuuid",
  "from_id",
  "hg",
  "ld",
  "seq",
  "src",
  "srcuuid",
  "systole",
  "to_id",
  "ts",
  "ttl",
]);
const SETS: readonly string[] = ["all", "local", "foreign"] satisfies readonly GroupSet[];

export function said(message: Message, speaker: Speaker): Said {
  const type = textField(message, "t");
  if (type === undefined || type === "") return { kind: "refused", reason: "it has no type" };
  if (type === "ask_resources") return standby(message);
  if (type === "hb_takeover") return { kind: "request", request: { kind: "takeover", set: setOf(message) } };
  if (RESERVED.has(type) || type.startsWith("NS_"))
    return { kind: "refused", reason: `only the daemon itself says ${type}` };
  const to = textField(message, "dest")?.toLowerCase();
  return { kind: "send", message: stamped(message, type, speaker), ...(to !== undefined && { to }) };
}

function standby(message: Message): Said {
  if (textField(message, "info") !== "me")
    return { kind: "refused", reason: "a client may only ask for a standby of this node" };
  return { kind: "request", request: { kind: "standby", set: setOf(message) } };
}

function setOf(message: Message): GroupSet {
  const named = textField(message, "rsc_hold");
  return (SETS.includes(named ?? "") ? named : "all") as GroupSet;
}

/** The type first, as peers expect it; then the client's fields, then who said it. */
function stamped(message: Message, type: string, { name, generation }: Speaker): Message {
  const own = message.fields.filter((field) => field.name !== "t" && !OWNED.has(field.name));
  const text = (field: string, value: string): Field => ({ name: field, type: "string", value });
  return {
    fields: [
      text("t", type),
      ...own,
      text("from_id", name),
      text("to_id", name),
      text("client_gen", String(generation)),
    ],
  };
}
