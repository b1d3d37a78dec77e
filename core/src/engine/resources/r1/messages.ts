// The messages of the R1 protocol: built in heartbeat's field order, and read into what they mean.
import { textField, textMessage, type GroupSet, type Message } from "../../../ports/index.js";
import { heldText, parseHeldText, type Held, type HeldText } from "./sets.js";

export type StonithResult = "OK" | "bad" | "n_stnth" | "unneeded";
export type ReportInfo = "shutdown" | "standby" | "req_our_resources()";
export type AskInfo = "me" | "other" | "done";

/** Of which life of its sender a message is, and where in it. */
export interface Position {
  readonly generation: number;
  readonly sequence: number;
}

export interface ResourceReport {
  readonly kind: "resource";
  readonly held: HeldText;
  /** Replaces what was known; otherwise it is added to it. */
  readonly full: boolean;
  /** Undefined when a script sent it. */
  readonly stable: boolean | undefined;
  readonly info: string | undefined;
  readonly position: Position | undefined;
}

export interface Ask {
  readonly kind: "ask";
  readonly set: GroupSet;
  readonly info: AskInfo;
  readonly position: Position | undefined;
}

export type PeerMessage =
  | { readonly kind: "starting"; readonly position: Position | undefined }
  | ResourceReport
  | Ask
  | { readonly kind: "takeover"; readonly set: GroupSet }
  | { readonly kind: "shutdone"; readonly position: Position | undefined }
  | { readonly kind: "ip-request"; readonly key: string }
  | { readonly kind: "ip-answer"; readonly key: string; readonly ok: boolean }
  | { readonly kind: "stonith"; readonly node: string; readonly result: string }
  | { readonly kind: "ipfail-join" }
  | { readonly kind: "ping-count"; readonly count: number }
  | { readonly kind: "you-are-dead" }
  | { readonly kind: "abort-giveup" };

const IPFAIL = { from_id: "ipfail", to_id: "ipfail" } as const;

export const startingMessage = (): Message => textMessage({ t: "starting" });

export function resourceMessage(held: Held, stable: boolean, info?: ReportInfo): Message {
  const fields = { t: "resource", rsc_hold: heldText(held), rtype: "full", isstable: stable ? "1" : "0" };
  return textMessage(info === undefined ? fields : { ...fields, info });
}

export const machDownMessage = (): Message =>
  textMessage({ t: "resource", rsc_hold: "foreign", info: "mach_down" });

export const askMessage = (set: GroupSet, info: AskInfo): Message =>
  textMessage({ t: "ask_resources", rsc_hold: set, info });

export const takeoverMessage = (set: GroupSet): Message => textMessage({ t: "hb_takeover", rsc_hold: set });

export const ipRequestMessage = (key: string): Message => textMessage({ t: "ip-request", ipaddr: key });

export const ipAnswerMessage = (key: string, weOwn: boolean): Message =>
  textMessage({ t: "ip-request-resp", ipaddr: key, weown: weOwn ? "yes" : "no", ok: "OK" });

export const shutdoneMessage = (): Message => textMessage({ t: "shutdone", st: "dead" });

export const stonithMessage = (node: string, result: StonithResult): Message =>
  textMessage({ t: "stonith", node, result });

export const ipfailJoinMessage = (): Message =>
  textMessage({ t: "hbapi-clstat", st: "join", ...IPFAIL, info: "signon", client_gen: "0" });

export const pingCountMessage = (count: number): Message =>
  textMessage({ t: "num_ping_nodes", num_ping: String(count), ...IPFAIL, client_gen: "0" });

export const youAreDeadMessage = (): Message =>
  textMessage({ t: "you_are_dead", ...IPFAIL, client_gen: "0" });

export const abortGiveUpMessage = (): Message =>
  textMessage({ t: "abort_giveup", ...IPFAIL, client_gen: "0" });

/** Undefined when the message is not of this protocol or makes no sense in it. */
export function readPeerMessage(message: Message): PeerMessage | undefined {
  switch (textField(message, "t")) {
    case "starting":
      return { kind: "starting", position: readPosition(message) };
    case "resource":
      return readReport(message);
    case "ask_resources":
      return readAsk(message);
    case "hb_takeover":
      return { kind: "takeover", set: readSet(message) ?? "all" };
    case "shutdone":
      return { kind: "shutdone", position: readPosition(message) };
    case "ip-request":
      return readKey(message, (key) => ({ kind: "ip-request", key }));
    case "ip-request-resp":
      return readKey(message, (key) => ({ kind: "ip-answer", key, ok: textField(message, "ok") === "OK" }));
    case "stonith":
      return {
        kind: "stonith",
        node: textField(message, "node") ?? "",
        result: textField(message, "result") ?? "",
      };
    default:
      return readIpfail(message);
  }
}

function readIpfail(message: Message): PeerMessage | undefined {
  if (textField(message, "from_id") !== "ipfail") return undefined;
  switch (textField(message, "t")) {
    case "hbapi-clstat":
      return textField(message, "st") === "join" ? { kind: "ipfail-join" } : undefined;
    case "num_ping_nodes": {
      const count = readNumber(textField(message, "num_ping"), /^[0-9]{1,4}$/, 10);
      return count === undefined ? undefined : { kind: "ping-count", count };
    }
    case "you_are_dead":
      return { kind: "you-are-dead" };
    case "abort_giveup":
      return { kind: "abort-giveup" };
    default:
      return undefined;
  }
}

function readReport(message: Message): ResourceReport | undefined {
  const held = parseHeldText(textField(message, "rsc_hold"));
  if (held === undefined) return undefined;
  const stable = textField(message, "isstable");
  return {
    kind: "resource",
    held,
    full: textField(message, "rtype") === "full",
    stable: stable === undefined ? undefined : stable === "1",
    info: textField(message, "info"),
    position: readPosition(message),
  };
}

function readAsk(message: Message): PeerMessage | undefined {
  const set = readSet(message);
  const info = textField(message, "info");
  if (set === undefined || (info !== "me" && info !== "other" && info !== "done")) return undefined;
  return { kind: "ask", set, info, position: readPosition(message) };
}

function readSet(message: Message): GroupSet | undefined {
  const held = parseHeldText(textField(message, "rsc_hold"));
  return held === "none" ? undefined : held;
}

function readKey(message: Message, read: (key: string) => PeerMessage): PeerMessage | undefined {
  const key = textField(message, "ipaddr");
  return key === undefined ? undefined : read(key);
}

/** Reordering is routine on this wire: the sender's own numbers say which of two reports is the newer one. */
function readPosition(message: Message): Position | undefined {
  const generation = readNumber(textField(message, "hg"), /^[0-9a-f]{1,8}$/i, 16);
  const sequence = readNumber(textField(message, "seq"), /^[0-9a-f]{1,12}$/i, 16);
  return generation === undefined || sequence === undefined ? undefined : { generation, sequence };
}

export function isOlder(position: Position, than: Position): boolean {
  if (position.generation !== than.generation) return position.generation < than.generation;
  return position.sequence <= than.sequence;
}

function readNumber(text: string | undefined, shape: RegExp, radix: number): number | undefined {
  return text !== undefined && shape.test(text) ? Number.parseInt(text, radix) : undefined;
}
