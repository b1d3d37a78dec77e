// The witness itself, for whatever runs `fetch(Request)`: signed questions in, signed answers out.
import { RefusedCall, signedHandler, type ReceivedCall } from "@systole/sdk/http";
import { isClusterName } from "./cluster-key.js";
import type { LeaseStore } from "./lease-store.js";
import { LONGEST_TTL_MS, MAX_TTL_MS, QUESTION_WINDOW_MS } from "./limits.js";
import { parseQuestion, PURPOSE } from "./question.js";
import { settle, type Settling, type WitnessEvent } from "./settle.js";

export interface WitnessInit {
  readonly store: LeaseStore;
  /** The key of a cluster, at least 32 characters; undefined when it is not served. See `keysFrom`. */
  keyOf(cluster: string): string | undefined | Promise<string | undefined>;
  /**
   * The longest lease, default a minute. A cluster that is seen for the first time, or whose lease was lost, is granted nothing
   * for so long; lowering it while leases are out makes that too short.
   */
  readonly longestTtlMs?: number;
  readonly onEvent?: (event: WitnessEvent) => void;
  /** Milliseconds since 1970: only for the dates of questions, never for leases. */
  readonly wallMs?: () => number;
}

/** What it returns never rejects. Throws RangeError when `longestTtlMs` is not from 1 ms to ten minutes. */
export function witness(init: WitnessInit): (request: Request) => Promise<Response> {
  const { longestTtlMs = LONGEST_TTL_MS, onEvent = () => undefined, wallMs = Date.now } = init;
  if (!(longestTtlMs >= 1 && longestTtlMs <= MAX_TTL_MS))
    throw new RangeError(`the longest lease is from 1 to ${MAX_TTL_MS} ms, not ${longestTtlMs}`);
  const settling: Settling = { store: init.store, longestTtlMs, onEvent, wallMs };
  return signedHandler({
    purpose: PURPOSE,
    keyOf: (name) => (isClusterName(name) ? init.keyOf(name) : undefined),
    // The dates in the store do that, for all instances at once.
    calls: false,
    dateWindowMs: QUESTION_WINDOW_MS,
    nowMs: wallMs,
    answer: (call) => answer(settling, call),
  });
}

async function answer(settling: Settling, { body, keyName, dateMs }: ReceivedCall): Promise<string> {
  const question = parseQuestion(body);
  if (typeof question === "string") throw new RefusedCall(question);
  return JSON.stringify(await settle(settling, keyName, question, dateMs));
}
