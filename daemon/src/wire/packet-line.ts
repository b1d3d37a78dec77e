// A datagram of the cluster as one line: for people, or as JSON.
import { textField } from "@systole/core/ports";
import { harmless } from "../commands/terminal.js";
import type { Datagram } from "./datagrams.js";
import { jsonLine } from "./field-json.js";
import { innermost, readFrame } from "./read-frame.js";
import type { WireKeys } from "./wire-keys.js";

/** In every message, or long and of no use to a reader. */
const DULL = new Set(["t", "seq", "src", "auth", "hg", "ld", "protocol", "ts", "ttl"]);
const MAX_VALUE_CHARACTERS = 60;
const MAX_FIELDS = 12;

export interface SeenDatagram extends Datagram {
  readonly wallMs: number;
}

export function packetJson(seen: SeenDatagram, keys: WireKeys | undefined): string {
  const { wallMs, from, to, payload } = seen;
  const message = innermost(payload);
  return jsonLine({
    time: new Date(wallMs).toISOString(),
    from,
    to,
    bytes: payload.length,
    type: (message && textField(message, "t")) ?? null,
    seq: (message && textField(message, "seq")) ?? null,
    ...readFrame(payload, { keys }),
  });
}

/** `time from > to verdict type seq=… src=…` and what else the message says. */
export function packetLine(seen: SeenDatagram, keys: WireKeys | undefined): string {
  const reading = readFrame(seen.payload, { keys });
  const time = new Date(seen.wallMs).toISOString().slice(11, 23);
  const verdict = reading.form === "sealed" ? "sealed" : verdictOf(reading.verified, reading.reason);
  const said =
    reading.form === null || reading.form === "sealed"
      ? `${seen.payload.length} bytes`
      : saidIn(seen.payload);
  return `${time} ${seen.from} > ${seen.to} ${verdict} ${said}\n`;
}

function verdictOf(verified: boolean | null, reason: string | undefined): string {
  if (verified === true) return "ok";
  if (reason !== undefined) return `BAD(${reason})`;
  return "unverified";
}

function saidIn(payload: Uint8Array): string {
  const message = innermost(payload);
  if (message === undefined) return "";
  const first = ["seq", "src"].flatMap((name) => {
    const value = textField(message, name);
    return value === undefined ? [] : [`${name}=${short(value)}`];
  });
  const others = message.fields.flatMap((field) => {
    if (DULL.has(field.name) || field.name.endsWith("uuid")) return [];
    return [field.type === "string" ? `${field.name}=${short(field.value)}` : `${field.name}:${field.type}`];
  });
  const more = others.length > MAX_FIELDS ? [`(${others.length - MAX_FIELDS} more)`] : [];
  const type = short(textField(message, "t") ?? "(no type)");
  return [type, ...first, ...others.slice(0, MAX_FIELDS), ...more].join(" ");
}

function short(text: string): string {
  const safe = harmless(text);
  return safe.length <= MAX_VALUE_CHARACTERS ? safe : `${safe.slice(0, MAX_VALUE_CHARACTERS)}…`;
}
