// What a node asks of a witness, and what it is told: the bodies of signed calls. The cluster is the name of the key.
import {
  MAX_EPOCH,
  MAX_HOLDER_CHARACTERS,
  MAX_QUESTION_CHARACTERS,
  MAX_TTL_MS,
  MIN_TTL_MS,
} from "./limits.js";

/** The name of the purpose that is signed. */
export const PURPOSE = "witness";

/** `epoch`: the highest that this node has been told, 0 for none. */
export type Question =
  /** Gives the lease to this node, or prolongs it. */
  | { readonly op: "acquire"; readonly holder: string; readonly ttlMs: number; readonly epoch: number }
  /** Gives it back before its end; nothing happens unless this node has it in this epoch. */
  | { readonly op: "release"; readonly holder: string; readonly epoch: number }
  /** Makes the cluster known, so that it does not have to wait later, and looks. */
  | { readonly op: "hello"; readonly holder: string; readonly epoch: number };

export type Answer =
  /** From the moment at which it was asked, for `ttlMs`. */
  | { readonly result: "granted"; readonly epoch: number; readonly ttlMs: number }
  /** Another has it, and will have it for at least `forMs` from the moment at which this was asked. */
  | { readonly result: "held"; readonly holder: string; readonly epoch: number; readonly forMs: number }
  /** The witness does not know the cluster for long enough: a lease that it has forgotten may still run. */
  | { readonly result: "not-yet"; readonly epoch: number; readonly forMs: number }
  | { readonly result: "released"; readonly epoch: number }
  /** `readyInMs`: before that nothing is granted. */
  | {
      readonly result: "known";
      readonly epoch: number;
      readonly readyInMs: number;
      readonly longestTtlMs: number;
      readonly holder?: string;
    };

type Fields = Readonly<Record<string, unknown>>;

/** A question, or a sentence on what is wrong with it. */
export function parseQuestion(body: string): Question | string {
  if (body.length > MAX_QUESTION_CHARACTERS)
    return `a question has at most ${MAX_QUESTION_CHARACTERS} characters`;
  const fields = fieldsOf(body);
  if (fields === undefined) return "a question is an object of JSON";
  const { op, holder, epoch, ttlMs } = fields;
  if (!isHolder(holder))
    return `holder must be the name of a node, at most ${MAX_HOLDER_CHARACTERS} characters`;
  if (!isCount(epoch, 0, MAX_EPOCH)) return "epoch must be the highest epoch that this node was told, or 0";
  if (op === "release" || op === "hello") return { op, holder, epoch };
  if (op !== "acquire") return "op must be acquire, release or hello";
  if (!isCount(ttlMs, MIN_TTL_MS, MAX_TTL_MS))
    return `ttlMs must be a whole number from ${MIN_TTL_MS} to ${MAX_TTL_MS}`;
  return { op, holder, ttlMs, epoch };
}

/** Undefined for what is no answer: it counts as none. */
export function parseAnswer(body: string): Answer | undefined {
  const fields = fieldsOf(body) ?? {};
  const { result, epoch, ttlMs, forMs, readyInMs, longestTtlMs, holder } = fields;
  if (!isCount(epoch, 0, Number.MAX_SAFE_INTEGER)) return undefined;
  if (result === "granted") return isCount(ttlMs, 1, MAX_TTL_MS) ? { result, epoch, ttlMs } : undefined;
  if (result === "held")
    return isHolder(holder) && isTime(forMs) ? { result, holder, epoch, forMs } : undefined;
  if (result === "not-yet") return isTime(forMs) ? { result, epoch, forMs } : undefined;
  if (result === "released") return { result, epoch };
  if (result !== "known" || !isTime(readyInMs) || !isTime(longestTtlMs)) return undefined;
  return { result, epoch, readyInMs, longestTtlMs, ...(isHolder(holder) && { holder }) };
}

function fieldsOf(body: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Printable: it goes into logs. */
function isHolder(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_HOLDER_CHARACTERS && /^[^\p{Cc}]+$/u.test(value);
}

function isCount(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** Of answers: rounded by nobody, but finite, and no longer than any lease. */
function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 2 * MAX_TTL_MS;
}
