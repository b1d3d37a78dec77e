// Two nodes that ask in the same millisecond, again and again, in one cluster: what any store must stand.
import { processClock } from "../lease-clock.js";
import type { LeaseStore } from "../lease-store.js";
import type { Answer } from "../question.js";
import { settle, type Settling } from "../settle.js";

export interface RacesInit {
  /** By one that each of two instances of a witness has: their questions meet in the store alone. */
  readonly stores: readonly [LeaseStore, LeaseStore];
  readonly cluster: string;
  readonly races: number;
}

export interface RacesResult {
  readonly wins: Readonly<Record<string, number>>;
  readonly epoch: number;
}

/** Throws at the first race that did not have exactly one holder, or in which an epoch did not grow with the holder. */
export async function runRaces({ stores, cluster, races }: RacesInit): Promise<RacesResult> {
  let nowMs = 1_700_000_000_000;
  const settlings = stores.map((store) => ({ ...onTime(store, () => nowMs) }));
  const [first, second] = settlings as [Settling, Settling];
  await settle(first, cluster, { op: "hello", holder: "somebody", epoch: 0 }, nowMs);
  nowMs += 2;
  const wins: Record<string, number> = { alpha: 0, bravo: 0 };
  let last = { holder: "", epoch: 0 };
  for (let race = 0; race < races; race += 1) {
    nowMs += 1;
    const ask = (settling: Settling, holder: string) =>
      settle(settling, cluster, { op: "acquire", holder, ttlMs: 1, epoch: 0 }, nowMs);
    const [one, other] = race % 2 === 0 ? ["alpha", "bravo"] : ["bravo", "alpha"];
    const answers = await Promise.all([ask(first, one ?? ""), ask(second, other ?? "")]);
    const holder = holderOf(answers, [one ?? "", other ?? ""]);
    const epoch = Math.max(...answers.map((answer) => answer.epoch));
    if (holder === undefined || epoch !== last.epoch + (holder === last.holder ? 0 : 1))
      throw new Error(`race ${race} after ${JSON.stringify(last)}: ${JSON.stringify(answers)}`);
    last = { holder, epoch };
    wins[holder] = (wins[holder] ?? 0) + 1;
  }
  return { wins, epoch: last.epoch };
}

/** The winner, if the loser was told its name. */
function holderOf(answers: readonly Answer[], names: readonly string[]): string | undefined {
  const winner = answers.findIndex(({ result }) => result === "granted");
  const loser = answers[1 - winner];
  return loser?.result === "held" && loser.holder === names[winner] ? names[winner] : undefined;
}

function onTime(store: LeaseStore, nowMs: () => number): Settling {
  const clock = { ...processClock(), name: "races", nowMs };
  const timed: LeaseStore = {
    clock,
    read: (cluster, signal) => store.read(cluster, signal),
    write: (cluster, text, over, signal) => store.write(cluster, text, over, signal),
  };
  return { store: timed, longestTtlMs: 1, onEvent: () => undefined, wallMs: nowMs };
}
