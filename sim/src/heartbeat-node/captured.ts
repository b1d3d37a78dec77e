// Packets that real heartbeats sent, as messages, for the model's own tests.
import { readFileSync } from "node:fs";
import type { Field, Message } from "@systole/core/ports";

type GoldenField = readonly [type: number, name: string, value: unknown];
interface GoldenPayload {
  readonly name: string;
  readonly transport: string;
  readonly fields: readonly GoldenField[];
}

export interface CapturedMessage {
  /** Number, phase, type of the message, sender. */
  readonly name: string;
  readonly message: Message;
}

/** Every message of a scenario but what went to ping nodes. */
export function captured(scenario: string): readonly CapturedMessage[] {
  const file = new URL(`../../../core/golden/${scenario}.jsonl`, import.meta.url);
  const [, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines
    .map((text) => JSON.parse(text) as GoldenPayload)
    .filter(({ transport }) => !transport.startsWith("icmp"))
    .map(({ name, fields }) => ({ name, message: { fields: fields.map(fieldOf) } }));
}

/** Nested fields are of no interest here. */
function fieldOf([type, name, value]: GoldenField): Field {
  return type === 1
    ? { name, type: "binary", value: new Uint8Array(Buffer.from(String(value), "hex")) }
    : { name, type: "string", value: String(value) };
}
