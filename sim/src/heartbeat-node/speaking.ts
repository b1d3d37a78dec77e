// How a message leaves: it gets its control fields, is kept to be sent again, is heard by this node itself, and is sent.
import { textField, type Field, type Message } from "@systole/core/ports";
import type { Daemon, Peer } from "./daemon.js";

const UNKNOWN_UUID = new Uint8Array(16);
const LOAD = "0.00 0.00 0.00 1/100 1";

/** Messages whose type begins so are outside of the numbered ones. */
export function isNumbered(type: string): boolean {
  return !type.startsWith("NS_");
}

/** The order of the fields is as captured: the message's own, the addressee's uuid, then the sender's. */
export function stamped(daemon: Daemon, values: Readonly<Record<string, string>>): Message {
  const text = (name: string, value: string): Field => ({ name, type: "string", value });
  const bytes = (name: string, value: Uint8Array): Field => ({ name, type: "binary", value });
  const { init } = daemon;
  const fields = Object.entries(values).map(([name, value]) => text(name, value));
  const addressee = nodeNamed(daemon, values["dest"]);
  if (addressee !== undefined) fields.push(bytes("destuuid", addressee.uuid ?? UNKNOWN_UUID));
  fields.push(text("src", init.self), bytes("srcuuid", init.uuid));
  const numbered = isNumbered(values["t"] ?? "");
  if (numbered) fields.push(text("seq", (daemon.seq += 1).toString(16)));
  fields.push(text("hg", daemon.generation.toString(16)));
  fields.push(text("ts", Math.max(1, Math.floor(daemon.wallMs / 1000)).toString(16)));
  if (numbered) fields.push(text("ld", LOAD));
  fields.push(text("ttl", String((init.hopFudge ?? 1) + init.nodes.length)));
  return { fields };
}

/** `hear` takes the node's own copy; what is said because of it leaves first. */
export function say(
  daemon: Daemon,
  values: Readonly<Record<string, string>>,
  hear: (message: Message) => void,
): void {
  const message = stamped(daemon, values);
  if (isNumbered(values["t"] ?? "")) daemon.history.add(daemon.seq, message, daemon.nowMs);
  hear(message);
  daemon.effects.push({ kind: "frame.send", message });
}

export function sayStatus(daemon: Daemon): void {
  const dt = (daemon.init.timings.deadMs + daemon.extraDeadMs).toString(16);
  daemon.say({ t: "status", st: daemon.own.status, dt, protocol: "1" });
}

export function nodeNamed(daemon: Daemon, name: string | undefined): Peer | undefined {
  if (name === undefined) return undefined;
  const wanted = name.toLowerCase();
  return [daemon.own, ...daemon.others].find((peer) => peer.name.toLowerCase() === wanted);
}

/** A number of the protocol; undefined when it is none. */
export function hexField(message: Message, name: string): number | undefined {
  return numberField(message, name, 16);
}

export function numberField(message: Message, name: string, base: 10 | 16): number | undefined {
  const text = textField(message, name);
  const digits = base === 16 ? /^[0-9a-f]{1,8}$/i : /^\d{1,10}$/;
  return text !== undefined && digits.test(text) ? Number.parseInt(text, base) : undefined;
}
