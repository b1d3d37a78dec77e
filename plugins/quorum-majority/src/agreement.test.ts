// The agreement on who counts against the worst order of things: any node may hear any others, words come late or never, nodes are
// started anew and lose their disks in between. Whatever comes, what is granted at the same time has a node in common.
import { MemoryStore, RecordingLogger, VirtualClock } from "@systole/sdk/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attemptOf, isBlank, union, wins, type Attempt, type Ballot, type Electorate } from "./electorate.js";
import { Memory } from "./memory.js";
import type { TieBreaker } from "./votes.js";

const NAMES = ["alpha", "bravo", "charlie", "delta", "echo"];
const BELIEVED_MS = 1000;
const RUNS = Number(process.env["QUORUM_RUNS"] ?? 900);

type Step =
  /** `side`: whom the node asks, by bits; its judgement comes at once, or with a later `judge`. */
  | { readonly kind: "ask" | "ask slowly" | "try"; readonly node: number; readonly side: number }
  | { readonly kind: "accept"; readonly node: number; readonly which: number }
  | { readonly kind: "learn"; readonly node: number; readonly which: number }
  | { readonly kind: "judge"; readonly which: number }
  | { readonly kind: "accept all"; readonly which: number }
  | { readonly kind: "start anew"; readonly node: number }
  | { readonly kind: "lose disk"; readonly node: number }
  | { readonly kind: "pass"; readonly ms: number };

interface Asked {
  readonly node: string;
  readonly life: number;
  readonly atMs: number;
  readonly replies: ReadonlyMap<string, Ballot>;
}

interface Tried {
  readonly attempt: Attempt;
  readonly by: string;
  readonly accepted: Set<string>;
}

/** All nodes, and all that is on its way between them. */
class Nodes {
  readonly clock = new VirtualClock();
  readonly agreed: Electorate[] = [];
  granted = 0;
  readonly #memories = new Map<string, Memory>();
  readonly #disks = new Map<string, Map<string, Uint8Array>>();
  readonly #lives = new Map<string, number>();
  readonly #asked: Asked[] = [];
  readonly #tried: Tried[] = [];
  #grants: { readonly to: string; readonly by: readonly string[]; readonly untilMs: number }[] = [];

  constructor(
    readonly names: readonly string[],
    readonly tieBreaker: TieBreaker,
  ) {}

  async start(name: string, diskLost = false): Promise<void> {
    const disk = (diskLost ? undefined : this.#disks.get(name)) ?? new Map<string, Uint8Array>();
    this.#disks.set(name, disk);
    this.#lives.set(name, this.#life(name) + 1);
    this.#grants = this.#grants.filter(({ to }) => to !== name);
    const place = { store: new MemoryStore(disk), clock: this.clock, log: new RecordingLogger() };
    const memory = new Memory({ ...place, windowMs: BELIEVED_MS });
    await memory.load();
    this.#memories.set(name, memory);
  }

  async do(step: Step): Promise<void> {
    if (step.kind === "pass") return this.clock.advance(step.ms);
    if (step.kind === "judge")
      return this.#judge(this.#asked.splice(step.which % (this.#asked.length || 1), 1)[0]);
    if (step.kind === "accept all") {
      const tried = this.#tried.at(-1 - (step.which % 2));
      for (const name of tried?.attempt.electorate.votes.keys() ?? []) await this.#accept(name, tried);
      return;
    }
    const name = this.names[step.node % this.names.length] ?? "";
    if (step.kind === "start anew" || step.kind === "lose disk")
      return this.start(name, step.kind === "lose disk");
    if (step.kind === "accept") return this.#accept(name, this.#tried.at(-1 - (step.which % 3)));
    if (step.kind === "learn") return this.#of(name).learn(this.agreed.at(-1 - (step.which % 3)));
    const side = this.names.filter((one, index) => one === name || ((step.side >> index) & 1) === 1);
    if (step.kind === "try") return this.#try(name, side);
    const asked = this.#ask(name, side);
    if (step.kind === "ask") this.#judge(asked);
    else this.#asked.push(asked);
  }

  #ask(node: string, side: readonly string[]): Asked {
    const replies = new Map<string, Ballot>();
    for (const one of side) {
      if (one === node) continue;
      this.#of(one).answered(node, BELIEVED_MS);
      replies.set(one, this.#of(one).ballot);
    }
    return { node, life: this.#life(node), atMs: this.clock.nowMs(), replies };
  }

  #judge(asked: Asked | undefined): void {
    if (asked === undefined || this.#life(asked.node) !== asked.life) return;
    const { node, replies, atMs } = asked;
    for (const { settled } of replies.values()) this.#of(node).learn(settled);
    const ballots = new Map([...replies, [node, this.#of(node).ballot]]);
    if (!wins(union(ballots.values()), votersIn(ballots), this.tieBreaker)) return;
    const untilMs = atMs + BELIEVED_MS;
    this.#of(node).granted(untilMs, ballots.keys());
    this.#grants.push({ to: node, by: [...ballots.keys()], untilMs });
    this.granted += 1;
    this.#check();
  }

  /** By a side that has quorum, or by everybody. */
  #try(node: string, side: readonly string[]): void {
    const asked = this.#ask(node, side);
    const isWhole = side.length === this.names.length;
    const ballots = new Map([...asked.replies, [node, this.#of(node).ballot]]);
    const known = union(ballots.values());
    if (!isWhole && !wins(known, votersIn(ballots), this.tieBreaker)) return;
    const votes = new Map(side.toSorted().map((name) => [name, 1]));
    this.#tried.push({ attempt: attemptOf(votes, known), by: node, accepted: new Set() });
  }

  async #accept(name: string, tried: Tried | undefined): Promise<void> {
    const members = tried?.attempt.electorate.votes;
    if (tried === undefined || members?.has(name) !== true) return;
    if (await this.#of(name).accept(tried.attempt, BELIEVED_MS)) tried.accepted.add(name);
    if (tried.accepted.size < members.size || this.agreed.includes(tried.attempt.electorate)) return;
    this.agreed.push(tried.attempt.electorate);
    this.#of(tried.by).learn(tried.attempt.electorate);
  }

  #check(): void {
    const nowMs = this.clock.nowMs();
    this.#grants = this.#grants.filter(({ untilMs }) => untilMs > nowMs);
    for (const one of this.#grants)
      for (const other of this.#grants)
        if (!one.by.some((name) => other.by.includes(name)))
          throw new Error(`${one.to} by ${one.by.join()} and ${other.to} by ${other.by.join()}`);
  }

  #of(name: string): Memory {
    const memory = this.#memories.get(name);
    if (memory === undefined) throw new Error(`${name} was not started`);
    return memory;
  }

  #life(name: string): number {
    return this.#lives.get(name) ?? 0;
  }
}

function votersIn(ballots: ReadonlyMap<string, Ballot>): readonly string[] {
  return [...ballots].filter(([, ballot]) => !isBlank(ballot)).map(([name]) => name);
}

const node = fc.nat(4);
const side = fc.nat(31);
const which = fc.nat(5);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("ask" as const), node, side }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("ask slowly" as const), node, side }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("try" as const), node, side }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("accept" as const), node, which }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("accept all" as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("learn" as const), node, which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("judge" as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("start anew" as const), node }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose disk" as const), node }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.constantFrom(1, 400, 1001) }),
  },
);
const story = fc.record({
  nodes: fc.constantFrom(3, 4, 5),
  tieBreaker: fc.constantFrom<TieBreaker>([], "lowest", ["charlie", "alpha"]),
  steps: fc.array(step, { minLength: 10, maxLength: 60, size: "max" }),
});

describe("what nodes agree on", () => {
  it(
    "never grants to two sides without a node in common, in any order of things",
    { timeout: 600_000 },
    async () => {
      const all = { granted: 0, agreed: 0, smaller: 0 };
      const beganMs = performance.now();
      const property = fc.asyncProperty(story, async ({ nodes: count, tieBreaker, steps }) => {
        const nodes = new Nodes(NAMES.slice(0, count), tieBreaker);
        for (const name of nodes.names) await nodes.start(name);
        // Once all have been there, and have agreed.
        nodes.clock.advance(BELIEVED_MS + 1);
        await nodes.do({ kind: "try", node: 0, side: 31 });
        await nodes.do({ kind: "accept all", which: 0 });
        expect(nodes.agreed).toHaveLength(1);
        for (const one of steps) await nodes.do(one);
        all.granted += nodes.granted;
        all.agreed += nodes.agreed.length;
        all.smaller += nodes.agreed.filter(({ votes }) => votes.size < count).length;
      });
      await fc.assert(property, { numRuns: RUNS });
      const tookMs = Math.round(performance.now() - beganMs);
      process.stdout.write(`${RUNS} stories, ${JSON.stringify(all)}, ${tookMs} ms\n`);
      expect(all.granted).toBeGreaterThan(RUNS);
      expect(all.smaller).toBeGreaterThan(RUNS / 10);
    },
  );
});
