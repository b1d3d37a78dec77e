// Who has the lease: pure. What a store held, a question and the time go in; what the store shall hold and the answer come out.
import type { LeaseClock } from "./lease-clock.js";
import type { LeaseRecord } from "./lease-record.js";
import { MAX_HOLDERS, QUESTION_WINDOW_MS } from "./limits.js";
import type { Answer, Question } from "./question.js";

export interface Moment {
  /** By the clock of leases. */
  readonly nowMs: number;
  readonly clock: Pick<LeaseClock, "name" | "sinceMs" | "spreadMs">;
  readonly longestTtlMs: number;
  /** Date of the question and of the witness, milliseconds since 1970. */
  readonly dateMs: number;
  readonly wallMs: number;
}

export type Decision =
  | { readonly kind: "answer"; readonly record: LeaseRecord; readonly answer: Answer }
  /** A question with this date, or a later one, was taken from this node already. */
  | { readonly kind: "replay"; readonly afterMs: number }
  | { readonly kind: "crowded" };

/** `stored`: undefined when the store holds nothing, or nothing that can be read. */
export function decide(stored: LeaseRecord | undefined, question: Question, moment: Moment): Decision {
  const { holder } = question;
  const known = trusted(stored, question, moment);
  const lastMs = known.askedAtMs[holder];
  if (lastMs !== undefined && moment.dateMs <= lastMs) return { kind: "replay", afterMs: lastMs };
  // What is older than the window is refused by its date alone.
  const recent = Object.entries(known.askedAtMs).filter(
    ([name, atMs]) => name !== holder && atMs >= moment.wallMs - QUESTION_WINDOW_MS,
  );
  if (recent.length >= MAX_HOLDERS) return { kind: "crowded" };
  const askedAtMs = Object.fromEntries([...recent, [holder, moment.dateMs]]);
  const { record, answer } = judge(known, question, moment);
  return { kind: "answer", record: { ...record, askedAtMs }, answer };
}

type Judged = { readonly record: LeaseRecord; readonly answer: Answer };

function judge(record: LeaseRecord, question: Question, moment: Moment): Judged {
  const { nowMs, clock, longestTtlMs } = moment;
  const { holder, epoch } = record;
  const runsForMs = record.untilMs + clock.spreadMs - nowMs;
  const isHeld = holder !== "" && runsForMs > 0;
  const readyInMs = Math.max(0, record.readyAtMs - nowMs);
  if (question.op === "hello")
    return { record, answer: { result: "known", epoch, readyInMs, longestTtlMs, ...(isHeld && { holder }) } };
  if (question.op === "release") {
    const isOurs = holder === question.holder && epoch === question.epoch;
    const released = isOurs ? { ...record, holder: "", untilMs: 0, ttlMs: 0 } : record;
    return { record: released, answer: { result: "released", epoch } };
  }
  if (readyInMs > 0) return { record, answer: { result: "not-yet", epoch, forMs: readyInMs } };
  if (isHeld && holder !== question.holder)
    return { record, answer: { result: "held", holder, epoch, forMs: Math.max(0, record.untilMs - nowMs) } };
  return granted(record, question.holder, Math.min(question.ttlMs, longestTtlMs), nowMs);
}

function granted(record: LeaseRecord, holder: string, ttlMs: number, nowMs: number): Judged {
  const same = record.holder === holder;
  const epoch = same ? record.epoch : record.epoch + 1;
  // What it was given before runs on, also when it asks for less now.
  const untilMs = same ? Math.max(record.untilMs, nowMs + ttlMs) : nowMs + ttlMs;
  const longestMs = same ? Math.max(record.ttlMs, ttlMs) : ttlMs;
  return {
    record: { ...record, holder, epoch, untilMs, ttlMs: longestMs },
    answer: { result: "granted", epoch, ttlMs },
  };
}

/**
 * What is known at this moment. A store that holds nothing, or an older state than this node has seen, may have forgotten a
 * lease: nothing is granted while the longest could still run.
 */
function trusted(
  stored: LeaseRecord | undefined,
  { epoch }: Question,
  { nowMs, clock, longestTtlMs }: Moment,
): LeaseRecord {
  if (stored === undefined || epoch > stored.epoch) {
    const readyAtMs = nowMs + longestTtlMs + clock.spreadMs;
    const askedAtMs = stored?.askedAtMs ?? {};
    return { epoch, holder: "", untilMs: 0, ttlMs: 0, readyAtMs, clock: clock.name, askedAtMs };
  }
  // Said once and for all, since another process could not know it.
  if (stored.clock === clock.name) return nowMs < stored.readyAtMs ? stored : { ...stored, readyAtMs: 0 };
  // Another process has counted that, in a time that nobody knows any more.
  const sinceMs = clock.sinceMs ?? nowMs;
  const untilMs = stored.holder === "" ? 0 : sinceMs + stored.ttlMs;
  const readyAtMs = stored.readyAtMs === 0 ? 0 : sinceMs + longestTtlMs;
  return { ...stored, untilMs, readyAtMs, clock: clock.name };
}
