// One question against the store: decided, written, and decided anew when another was faster.
import { timeLimit } from "@systole/sdk";
import { LateCall, RefusedCall } from "@systole/sdk/http";
import { decide } from "./decide.js";
import { parseRecord, recordText, type LeaseRecord } from "./lease-record.js";
import type { LeaseStore } from "./lease-store.js";
import { MAX_CONFLICTS, STORE_TIMEOUT_MS } from "./limits.js";
import type { Answer, Question } from "./question.js";

/** What happened, for a log. Never a key. */
export type WitnessEvent =
  | {
      readonly kind: "answered";
      readonly cluster: string;
      readonly question: Question;
      readonly answer: Answer;
    }
  /** What the store holds makes no sense; the cluster is treated as one that was never seen. */
  | { readonly kind: "unreadable"; readonly cluster: string }
  | { readonly kind: "store-failed"; readonly cluster: string; readonly reason: string };

export interface Settling {
  readonly store: LeaseStore;
  readonly longestTtlMs: number;
  readonly onEvent: (event: WitnessEvent) => void;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
}

/**
 * Rejects with `LateCall` when the date has been used, with `RefusedCall` when too many nodes have asked, and else when the store
 * does: whether something was written is then not known.
 */
export async function settle(
  settling: Settling,
  cluster: string,
  question: Question,
  dateMs: number,
): Promise<Answer> {
  const { store, onEvent, longestTtlMs, wallMs } = settling;
  const signal = timeLimit(STORE_TIMEOUT_MS);
  const moment = { clock: store.clock, longestTtlMs, dateMs };
  try {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      const stored = await store.read(cluster, signal);
      const record = stored === undefined ? undefined : readable(settling, cluster, stored.text);
      const now = { ...moment, nowMs: store.clock.nowMs(), wallMs: wallMs() };
      const decision = decide(record, question, now);
      if (decision.kind === "replay")
        throw new LateCall("it was overtaken by another question of this node", decision.afterMs + 1);
      if (decision.kind === "crowded") throw new RefusedCall("too many nodes of this cluster have asked");
      if (!(await store.write(cluster, recordText(decision.record), stored?.version, signal))) continue;
      onEvent({ kind: "answered", cluster, question, answer: decision.answer });
      return decision.answer;
    }
    throw new Error(`${MAX_CONFLICTS} others were faster`);
  } catch (cause) {
    if (!(cause instanceof LateCall || cause instanceof RefusedCall))
      onEvent({
        kind: "store-failed",
        cluster,
        reason: cause instanceof Error ? cause.message : String(cause),
      });
    throw cause;
  }
}

function readable({ onEvent }: Settling, cluster: string, text: string): LeaseRecord | undefined {
  const record = parseRecord(text);
  if (record === undefined) onEvent({ kind: "unreadable", cluster });
  return record;
}
