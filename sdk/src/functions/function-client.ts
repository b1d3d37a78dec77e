// The node's end of a function: asks, repeats under one id, keeps the time of the function, and believes only what makes sense.
import type { Clock } from "@systole/core/ports";
import { MIN_KEY_CHARACTERS, repeatCall } from "@systole/core/http";
import { readSecret, type SecretPlaces, type SecretSource } from "../secrets.js";
import { FUNCTION_PURPOSE, type FunctionCall } from "./function-call.js";
import { parsedJson } from "./shapes.js";

export interface FunctionClientInit {
  readonly url: string;
  /** At least 32 characters, the same as the function has under `keyName`. */
  readonly key: SecretSource;
  /** Usually the cluster's name. */
  readonly keyName: string;
  /** How long one attempt may take. */
  readonly attemptTimeoutMs: number;
  readonly places: SecretPlaces;
  readonly clock: Clock;
  /** Told before each further attempt of a call, with why. */
  readonly onRepeat: (call: WithoutTime, attempts: number, reason: string) => void;
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;
/** A call as it is written before it is known when it is made. */
export type WithoutTime = DistributiveOmit<FunctionCall, "untilMs">;

export type Asked<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  /** `isUnknown`: it may have been done, or may still be. */
  | { readonly ok: false; readonly isUnknown: boolean; readonly reason: string };

export class FunctionClient {
  /** How far the function's clock is ahead of this node's, as its last answer said. */
  #aheadMs = 0;

  constructor(private readonly init: FunctionClientInit) {}

  /** Never rejects. `withinMs`: how long the function may work at it, from now. `read` says undefined of what is no answer. */
  async ask<Answer>(
    call: WithoutTime,
    withinMs: number,
    read: (value: unknown) => Answer | undefined,
    signal: AbortSignal,
  ): Promise<Asked<Answer>> {
    const { url, keyName, attemptTimeoutMs, places, clock, onRepeat } = this.init;
    const key = await readSecret(this.init.key, places).catch((cause: unknown) => failed(cause));
    if (typeof key !== "string") return key;
    if (key.length < MIN_KEY_CHARACTERS)
      return failed(`the key has fewer than ${MIN_KEY_CHARACTERS} characters`);
    if (signal.aborted) return failed("given up before it began");
    const endMs = clock.nowMs() + withinMs;
    const body = (dateMs: number): string =>
      JSON.stringify({ ...call, untilMs: Math.round(dateMs + endMs - clock.nowMs()) });
    const result = await repeatCall(
      {
        call: { url, key, keyName, purpose: FUNCTION_PURPOSE, body },
        attemptTimeoutMs,
        aheadMs: this.#aheadMs,
        clock,
        onRepeat: (attempts, reason) => onRepeat(call, attempts, reason),
      },
      signal,
    );
    if (result.kind === "failed") return { ok: false, isUnknown: result.timedOut, reason: result.reason };
    this.#aheadMs = result.aheadMs;
    if (result.kind === "refused") return failed(`the function refuses the call: ${result.body}`);
    const answer = read(parsedJson(result.body));
    return answer === undefined ? failed("its answer makes no sense") : { ok: true, answer };
  }
}

function failed(cause: unknown): Extract<Asked<never>, { readonly ok: false }> {
  return { ok: false, isUnknown: false, reason: cause instanceof Error ? cause.message : String(cause) };
}
