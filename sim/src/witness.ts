// The witness's own decisions, beyond a network that takes its time and may be cut in each direction, asked as quorum-witness asks.
import type { QuorumAnswer, QuorumQuestion } from "@systole/core/ports";
import { decide, type LeaseRecord, type Moment } from "@systole/witness";
import type { SimulatedQuorum } from "./plan.js";

/** What it needs of the simulation. */
export interface WitnessWorld {
  readonly nowMs: number;
  readonly cuts: ReadonlySet<string>;
  later(delayMs: number, run: () => void): void;
  random(): number;
}

export interface WitnessTimings {
  readonly ttlMs: number;
  /** What the nodes take off, for clocks that run apart. */
  readonly marginMs: number;
  /** How long a node waits for an answer. */
  readonly patienceMs: number;
  /** Its name in the network's cuts. Default `witness`. */
  readonly name?: string;
}

type Report = (answer: QuorumAnswer) => void;

export class SimulatedWitness implements SimulatedQuorum {
  readonly granted: { readonly atMs: number; readonly holder: string; readonly epoch: number }[] = [];
  asked = 0;
  /** It answers nobody. */
  away = false;
  private world: WitnessWorld | undefined;
  private record: LeaseRecord | undefined;
  private epochs = new Map<string, number>();
  private date = 0;

  /** It has known the cluster for long enough. */
  constructor(private readonly timings: WitnessTimings) {
    const known = decide(undefined, { op: "hello", holder: "nobody", epoch: 0 }, this.moment(-timings.ttlMs));
    if (known.kind === "answer") this.record = known.record;
  }

  /** Called once, before anybody asks. */
  attach(world: WitnessWorld): void {
    this.world = world;
  }

  /** Its store is lost. */
  wipe(): void {
    this.record = undefined;
  }

  /** The question may get lost, and so may the answer to one that was heard: a node waits, as it does in life. */
  ask(question: QuorumQuestion, report: Report): void {
    const { world } = this;
    if (world === undefined) throw new Error("a witness that is nowhere");
    const { self, nodes, alive } = question;
    const { name = "witness" } = this.timings;
    const dateMs = (this.date += 1);
    let answered = false;
    const answer = (said: QuorumAnswer): void => {
      if (!answered) report(said);
      answered = true;
    };
    world.later(this.timings.patienceMs, () => answer({ kind: "unreachable", reason: "it did not answer" }));
    world.later(1 + world.random() * 40, () => {
      if (this.away || world.cuts.has(`${self}>${name}`)) return;
      this.asked += 1;
      const everybody = nodes.every((node) => alive.includes(node));
      const said = everybody ? this.release(self, world.nowMs, dateMs) : this.acquire(self, world, dateMs);
      world.later(1 + world.random() * 40, () => {
        if (!world.cuts.has(`${name}>${self}`)) answer(said);
      });
    });
  }

  private acquire(self: string, { nowMs }: WitnessWorld, dateMs: number): QuorumAnswer {
    const { ttlMs, marginMs } = this.timings;
    const epoch = this.epochs.get(self) ?? 0;
    const decision = decide(
      this.record,
      { op: "acquire", holder: self, ttlMs, epoch },
      this.moment(nowMs, dateMs),
    );
    if (decision.kind !== "answer") return { kind: "unreachable", reason: decision.kind };
    this.record = decision.record;
    const said = decision.answer;
    this.epochs.set(self, Math.max(epoch, said.epoch));
    if (said.result === "held") return { kind: "denied", holder: said.holder };
    if (said.result !== "granted") return { kind: "unreachable", reason: said.result };
    this.granted.push({ atMs: nowMs, holder: self, epoch: said.epoch });
    return { kind: "granted", forMs: ttlMs - marginMs };
  }

  private release(self: string, nowMs: number, dateMs: number): QuorumAnswer {
    const epoch = this.epochs.get(self) ?? 0;
    const decision = decide(this.record, { op: "release", holder: self, epoch }, this.moment(nowMs, dateMs));
    if (decision.kind === "answer") this.record = decision.record;
    return { kind: "granted" };
  }

  private moment(nowMs: number, dateMs = 0): Moment {
    const { ttlMs } = this.timings;
    return {
      nowMs,
      clock: { name: "simulated", spreadMs: 0 },
      longestTtlMs: ttlMs,
      dateMs,
      wallMs: dateMs,
    };
  }
}
