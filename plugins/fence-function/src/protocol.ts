// What a node asks of a function and what it answers, as JSON. Nothing is believed that has not the right shape. Pure.
import * as v from "valibot";
import { MAX_REASON_CHARACTERS } from "./limits.js";

export const DATE_HEADER = "systole-date";
export const SIGNATURE_HEADER = "systole-signature";

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const date = v.pipe(v.string(), v.isoTimestamp());
const reason = v.pipe(v.string(), v.maxLength(MAX_REASON_CHARACTERS));

const FenceCall = v.strictObject({
  action: v.picklist(["off", "on", "reset", "status"]),
  node: name,
  cluster: name,
  /** Of this call: whoever repeats it repeats the id, and it is done once. */
  id: v.pipe(v.string(), v.uuid()),
  /** ISO 8601, UTC. */
  date,
});

const FenceAnswer = v.strictObject({
  id: v.string(),
  action: v.string(),
  node: v.string(),
  /**
   * `done`: it is so now. `under-way`: the same call is being done. `stale`: the call's date is too far from `date`, which
   * is the function's.
   */
  result: v.picklist(["done", "failed", "unknown-node", "under-way", "stale"]),
  /** To `status`: the machine's power. */
  state: v.optional(v.picklist(["on", "off", "unknown"])),
  reason: v.optional(reason),
  date: v.optional(date),
});

export type FenceCall = v.InferOutput<typeof FenceCall>;
export type FenceAnswer = v.InferOutput<typeof FenceAnswer>;

/** The HTTP status that goes with each result. */
export const STATUS_OF: Readonly<Record<FenceAnswer["result"], number>> = {
  done: 200,
  failed: 200,
  "unknown-node": 200,
  "under-way": 202,
  stale: 409,
};

export function parseCall(text: string): FenceCall | undefined {
  return parsed(FenceCall, text);
}

export function parseAnswer(text: string): FenceAnswer | undefined {
  return parsed(FenceAnswer, text);
}

function parsed<Value>(schema: v.GenericSchema<unknown, Value>, text: string): Value | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}

/** Text of the other side, cut to what fits. */
export function shortReason(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, MAX_REASON_CHARACTERS);
}
