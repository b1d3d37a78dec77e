// The witness's own decisions, beyond a network that takes its time and may be cut in each direction, asked as quorum-witness asks.
import type { QuorumAnswer, QuorumQuestion } from "@systole/core/ports";
import { decide, type LeaseRecord, type Moment } from "@systole/witness";
import { DEAD_MS } from "./simulated-engine.js";

export const TTL_MS = 3000;
export const MARGIN_MS = 300;

/** What it needs of the simulation. */
export interface World {
  readonly nowMs: number;
  readonly cuts: ReadonlySet<string>;
  later(delayMs: number, run: () => void): void;
  random(): number;
}

type Report = (answer: QuorumAnswer) => void;

export class SimulatedWitness {
  readonly granted: { readonly atMs: number; readonly holder: string; readonly epoch: number }[] = [];
  asked = 0;
  private record: LeaseRecord | undefined;
  private epochs = new Map<string, number>();
  private date = 0;

  /** It has known the cluster for long enough. */
  constructor() {
    const known = decide(undefined, { op: "hello", holder: "nobody", epoch: 0 }, this.moment(-TTL_MS));
    if (known.kind === "answer") this.record = known.record;
  }

  /** Its store is lost. */
  wipe(): void {
    this.record = undefined;
  }

  /** The question may get lost, and so may the answer to one that was heard: a node waits for a deadtime, as it does in life. */
  ask(question: QuorumQuestion, world: World, report: Report): void {
    const { self, nodes, alive } = question;
    const dateMs = (this.date += 1);
    let answered = false;
    const answer = (said: QuorumAnswer): void => {
      if (!answered) report(said);
      answered = true;
    };
    world.later(DEAD_MS, () => answer({ kind: "unreachable", reason: "it did not answer" }));
    world.later(1 + world.random() * 40, () => {
      if (world.cuts.has(`${self}>witness`)) return;
      this.asked += 1;
      const everybody = nodes.every((node) => alive.includes(node));
      const said = everybody ? this.release(self, world.nowMs, dateMs) : this.acquire(self, world, dateMs);
      world.later(1 + world.random() * 40, () => {
        if (!world.cuts.has(`witness>${self}`)) answer(said);
      });
    });
  }

  private acquire(self: string, { nowMs }: World, dateMs: number): QuorumAnswer {
    const epoch = this.epochs.get(self) ?? 0;
    const decision = decide(
      this.record,
      { op: "acquire", holder: self, ttlMs: TTL_MS, epoch },
      this.moment(nowMs, dateMs),
    );
    if (decision.kind !== "answer") return { kind: "unreachable", reason: decision.kind };
    this.record = decision.record;
    const said = decision.answer;
    this.epochs.set(self, Math.max(epoch, said.epoch));
    if (said.result === "held") return { kind: "denied", holder: said.holder };
    if (said.result !== "granted") return { kind: "unreachable", reason: said.result };
    this.granted.push({ atMs: nowMs, holder: self, epoch: said.epoch });
    return { kind: "granted", forMs: TTL_MS - MARGIN_MS };
  }

  private release(self: string, nowMs: number, dateMs: number): QuorumAnswer {
    const epoch = this.epochs.get(self) ?? 0;
    const decision = decide(this.record, { op: "release", holder: self, epoch }, this.moment(nowMs, dateMs));
    if (decision.kind === "answer") this.record = decision.record;
    return { kind: "granted" };
  }

  private moment(nowMs: number, dateMs = 0): Moment {
    return { nowMs, clock: { name: "simulated", spreadMs: 0 }, longestTtlMs: TTL_MS, dateMs, wallMs: dateMs };
  }
}
