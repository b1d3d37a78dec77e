// Random histories of a cluster: cuts, crashes, lost disks, late words. Whatever comes, no two sides are granted at the same time.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { QuorumAnswer, QuorumQuestion } from "@systole/sdk";
import { RememberingMajority } from "./remembering-majority.js";
import { World, type Place, type TestQuorum } from "./testing/world.js";
import { countVotes, votesOf, type TieBreaker } from "./votes.js";

const WINDOW_MS = 1000;
const RUNS = Number(process.env["QUORUM_RUNS"] ?? 40);
const NAMES = ["alpha", "bravo", "charlie", "delta", "echo"];

type Deed =
  | { readonly kind: "cut"; readonly groups: readonly number[] }
  /** Single paths between two nodes are lost. */
  | { readonly kind: "lose paths"; readonly lost: readonly number[] }
  /** One node reaches all the others, which are cut in two; then it crashes. */
  | {
      readonly kind: "bridge";
      readonly node: number;
      readonly groups: readonly number[];
      readonly forMs: number;
    }
  | { readonly kind: "crash" | "start" | "start afresh"; readonly node: number };

interface History {
  readonly nodes: number;
  readonly weights: readonly number[];
  readonly tieBreaker: TieBreaker;
  readonly waitForAll: boolean;
  readonly noticeMs: number;
  readonly late: NonNullable<ConstructorParameters<typeof World>[0]["late"]>;
  readonly seed: number;
  readonly deeds: readonly { readonly deed: Deed; readonly thenMs: number }[];
}

const node = fc.nat(4);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("cut" as const), groups: fc.array(fc.nat(2), { minLength: 5, maxLength: 5 }) }) }, // prettier-ignore
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("cut" as const), groups: fc.constant([0, 0, 0, 0, 0]) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("lose paths" as const), lost: fc.uniqueArray(fc.nat(24), { maxLength: 8 }) }) }, // prettier-ignore
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("bridge" as const), node, groups: fc.array(fc.nat(1), { minLength: 5, maxLength: 5 }), forMs: fc.integer({ min: 500, max: 3000 }) }) }, // prettier-ignore
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("crash" as const), node }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("start" as const), node }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("start afresh" as const), node }) },
);
const pause = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1200, max: 2600 }));
const history: fc.Arbitrary<History> = fc.record({
  nodes: fc.oneof(fc.constant(5), fc.integer({ min: 2, max: 5 })),
  weights: fc.oneof(
    fc.constant([1, 1, 1, 1, 1]),
    fc.constant([1, 1, 1, 1, 1]),
    fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }),
  ),
  tieBreaker: fc.oneof(
    fc.constant<TieBreaker>("lowest"),
    fc.constant<TieBreaker>([]),
    fc.shuffledSubarray(NAMES),
  ),
  waitForAll: fc.boolean(),
  noticeMs: fc.constantFrom(100, 300, 2500),
  late: fc.record({
    part: fc.constantFrom(0, 0.2, 0.6),
    ops: fc.constantFrom(["settled"], ["settled", "accepted"], ["try", "settled"], ["ask", "answer"]),
  }),
  seed: fc.integer(),
  deeds: fc.array(fc.record({ deed, thenMs: pause }), { minLength: 4, maxLength: 16 }),
});

interface Played {
  /** In which somebody was granted. */
  readonly moments: number;
  /** Electorates on which nodes have agreed, and those among them without some node. */
  readonly agreed: number;
  readonly smaller: number;
}

/** Plays it; throws as soon as two sides are granted. */
async function play(told: History, make: (told: History, place: Place) => TestQuorum): Promise<Played> {
  const names = NAMES.slice(0, told.nodes);
  const world = new World({
    names,
    random: randomFrom(told.seed),
    noticeMs: told.noticeMs,
    late: told.late,
    make: (place) => make(told, place),
  });
  let moments = 0;
  const check = (): void => {
    world.check();
    if (world.granted().length > 0) moments += 1;
  };
  world.cut(names);
  for (const name of names) await world.start(name);
  await world.pass(5000, check);
  for (const { deed, thenMs } of told.deeds) {
    if (deed.kind === "cut")
      world.cut(...[0, 1, 2].map((side) => names.filter((_, index) => deed.groups[index] === side)));
    else if (deed.kind === "lose paths")
      world.join(
        (one, other) => !deed.lost.includes(NAMES.indexOf(one) * NAMES.length + NAMES.indexOf(other)),
      );
    else if (deed.kind === "bridge") {
      const bridge = names[deed.node % names.length] ?? "";
      const group = (name: string): number => deed.groups[NAMES.indexOf(name)] ?? 0;
      world.join((one, other) => one === bridge || other === bridge || group(one) === group(other));
      await world.pass(deed.forMs, check);
      world.crash(bridge);
    } else {
      const name = names[deed.node % names.length] ?? "";
      if (deed.kind === "crash") world.crash(name);
      else await world.start(name, deed.kind === "start afresh");
    }
    await world.pass(thenMs, check);
  }
  for (const name of names) world.crash(name);
  const agreed = world.nodes.flatMap(({ log }) =>
    log.entries.flatMap(({ event, fields }) => (event === "quorum.electorate" ? [fields?.["nodes"]] : [])),
  );
  const smaller = agreed.filter((nodes) => Array.isArray(nodes) && nodes.length < names.length);
  return { moments, agreed: agreed.length, smaller: smaller.length };
}

const remembering = (told: History, { cluster, clock, store, log }: Place): TestQuorum => {
  const weights = Object.fromEntries(NAMES.map((name, index) => [name, told.weights[index] ?? 1]));
  const { waitForAll, tieBreaker } = told;
  const config = { weights, waitForAll, lastManStanding: true, windowMs: WINDOW_MS };
  return new RememberingMajority({ config, tieBreaker, cluster, clock, store, log });
};

/** Shrinks by what it sees itself, after the same window, and asks nobody. */
class Rash implements TestQuorum {
  #votes: ReadonlyMap<string, number> = new Map();
  #stable = { side: "", sinceMs: 0 };
  constructor(
    private readonly told: History,
    private readonly place: Place,
  ) {}

  async ask({ nodes, alive }: QuorumQuestion): Promise<QuorumAnswer> {
    if (this.#votes.size === 0) this.#votes = votesOf(nodes, {}, 1);
    if (countVotes(this.#votes, alive, this.told.tieBreaker) !== "won") return { kind: "denied" };
    const nowMs = this.place.clock.nowMs();
    if (this.#stable.side !== alive.join()) this.#stable = { side: alive.join(), sinceMs: nowMs };
    if (nowMs >= this.#stable.sinceMs + WINDOW_MS) this.#votes = votesOf(alive, {}, 1);
    return { kind: "granted" };
  }
}

describe("in every history of a cluster whose missing nodes stop to count", () => {
  it("no two sides are granted at the same time", { timeout: 600_000 }, async () => {
    const beganMs = performance.now();
    const all = { moments: 0, agreed: 0, smaller: 0 };
    const property = fc.asyncProperty(history, async (told) => {
      const played = await play(told, remembering);
      for (const what of ["moments", "agreed", "smaller"] as const) all[what] += played[what];
    });
    await fc.assert(property, { numRuns: RUNS, endOnFailure: process.env["QUORUM_RUNS"] !== undefined });
    const tookMs = Math.round(performance.now() - beganMs);
    process.stdout.write(`${RUNS} histories, ${JSON.stringify(all)}, ${tookMs} ms\n`);
    expect(all.moments).toBeGreaterThan(RUNS);
    expect(all.agreed).toBeGreaterThan(RUNS);
    expect(all.smaller).toBeGreaterThan(RUNS / 10);
  });

  it("two sides are soon found where each node decides alone who counts", { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(history, async (told) => {
      await play(told, (one, place) => new Rash(one, place));
    });
    const found = await fc.check(property, { numRuns: 200, seed: 1, endOnFailure: true });
    expect(found.failed).toBe(true);
    expect(String(found.errorInstance)).toMatch(/ for .* and .* for /);
  });
});

function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
