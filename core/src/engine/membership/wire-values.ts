// How heartbeat writes numbers in fields, and the fields that every message carries.
import { textField, type Field, type Message } from "../../ports/index.js";

export function hex(value: number): string {
  return Math.max(0, Math.trunc(value)).toString(16);
}

/** Undefined unless the field is a plain number of that base, small enough to be exact. */
export function numberField(message: Message, name: string, base: 10 | 16): number | undefined {
  const text = textField(message, name);
  const pattern = base === 16 ? /^[0-9a-fA-F]{1,13}$/ : /^[0-9]{1,15}$/;
  if (text === undefined || !pattern.test(text)) return undefined;
  return Number.parseInt(text, base);
}

export interface Stamp {
  readonly source: string;
  /** Absent while it is not sure that it is this node's alone. */
  readonly uuid: Uint8Array | undefined;
  readonly destinationUuid: Uint8Array | undefined;
  /** Absent for messages outside the reliable protocol. */
  readonly sequence: number | undefined;
  readonly generation: number;
  readonly wallMs: number;
  readonly ttl: number;
}

/** Adds the control fields in heartbeat's order: the message's own fields first. */
export function stamped(message: Message, stamp: Stamp): Message {
  const fields: Field[] = [...message.fields];
  if (stamp.destinationUuid !== undefined) {
    fields.push({ name: "destuuid", type: "binary", value: stamp.destinationUuid });
  }
  fields.push({ name: "src", type: "string", value: stamp.source });
  if (stamp.uuid !== undefined) fields.push({ name: "srcuuid", type: "binary", value: stamp.uuid });
  if (stamp.sequence !== undefined) fields.push({ name: "seq", type: "string", value: hex(stamp.sequence) });
  fields.push({ name: "hg", type: "string", value: hex(stamp.generation) });
  fields.push({ name: "ts", type: "string", value: hex(stamp.wallMs / 1000) });
  // The load average is for people; the protocol allows to leave it out this way.
  if (stamp.sequence !== undefined) fields.push({ name: "ld", type: "string", value: "n/a" });
  fields.push({ name: "ttl", type: "string", value: String(stamp.ttl) });
  return { fields };
}

/** Types outside the reliable protocol: neither numbered, nor kept, nor asked for again. */
export function isUnsequenced(type: string): boolean {
  return type.startsWith("NS_");
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
