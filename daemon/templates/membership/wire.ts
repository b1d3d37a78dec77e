// What the nodes say to each other: a message of the policy with an envelope of four fields, or a status.
import { textField, textMessage, type Message } from "@systole/sdk";

export interface Envelope {
  readonly from: string;
  /** Restart counter of the sender. */
  readonly generation: number;
}

/** How far one node has heard another in this life of it: every number up to `through`. */
export interface Acknowledgement {
  readonly to: string;
  readonly generation: number;
  readonly through: number;
}

export interface Status extends Envelope {
  readonly kind: "status";
  /** `leaving` is the last word. */
  readonly state: "up" | "active" | "leaving";
  readonly acknowledgements: readonly Acknowledgement[];
}

export interface Letter extends Envelope {
  readonly kind: "letter";
  readonly to: string;
  readonly number: number;
  /** The lowest number that the sender still has: those below it will never come. */
  readonly lowest: number;
}

const OWN_FIELDS: readonly string[] = ["src", "gen", "dest", "no", "low"];

export function statusMessage(status: Status, published: Readonly<Record<string, string>>): Message {
  const acks = status.acknowledgements.map(({ to, generation, through }) => `${to}=${generation}=${through}`);
  const own = { t: "status", st: status.state, src: status.from, gen: String(status.generation) };
  return textMessage({ ...published, ...own, acks: acks.join(" ") });
}

/** A message of the policy in its envelope; fields of the envelope's names are replaced. */
export function letterMessage(letter: Letter, message: Message): Message {
  const { from, generation, to, number, lowest } = letter;
  const envelope = { src: from, gen: String(generation), dest: to, no: String(number), low: String(lowest) };
  const fields = message.fields.filter(({ name }) => !OWN_FIELDS.includes(name));
  return { fields: [...fields, ...textMessage(envelope).fields] };
}

/** Undefined for what makes no sense: it came from a node that has the key, and may still be anything. */
export function readMessage(message: Message): Status | Letter | undefined {
  const from = textField(message, "src");
  const generation = count(textField(message, "gen"));
  if (from === undefined || generation === undefined) return undefined;
  if (textField(message, "t") === "status") {
    const state = (["up", "active", "leaving"] as const).find((one) => one === textField(message, "st"));
    if (state === undefined) return undefined;
    const acknowledgements = readAcknowledgements(textField(message, "acks") ?? "");
    return { kind: "status", from, generation, state, acknowledgements };
  }
  const to = textField(message, "dest");
  const number = count(textField(message, "no"));
  const lowest = count(textField(message, "low"));
  if (to === undefined || number === undefined || lowest === undefined) return undefined;
  return { kind: "letter", from, generation, to, number, lowest };
}

function readAcknowledgements(text: string): readonly Acknowledgement[] {
  return text.split(" ").flatMap((word) => {
    const [to, life, upTo] = word.split("=");
    const generation = count(life);
    const through = count(upTo);
    if (to === undefined || generation === undefined || through === undefined) return [];
    return [{ to, generation, through }];
  });
}

function count(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}
