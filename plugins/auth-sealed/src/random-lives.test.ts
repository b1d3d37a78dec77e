// Random lives of two nodes and of somebody who records, replays and suppresses: whatever the order, no word counts twice,
// none from before its receiver's start counts at all, and when he lets go the two understand each other again.
import fc from "fast-check";
import { expect, it } from "vitest";
import { SealedCluster } from "./testing/sealed-cluster.js";

const NAMES = ["master", "cluster1"] as const;
type Name = (typeof NAMES)[number];

type Step =
  | { readonly kind: "say"; readonly from: Name }
  | { readonly kind: "restart"; readonly node: Name }
  | { readonly kind: "cut" | "mend"; readonly node: Name }
  | { readonly kind: "replay"; readonly to: Name; readonly which: number }
  | { readonly kind: "wait"; readonly forMs: number };

const name = fc.constantFrom(...NAMES);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("say" as const), from: name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const), node: name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("cut" as const, "mend" as const), node: name }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("replay" as const), to: name, which: fc.nat(500) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), forMs: fc.nat(300) }) },
);

/** What each node has taken in over all its lives, and since when it lives. */
class Ledger {
  said = 0;
  private readonly bornAt = new Map<string, number>();
  private readonly counted = new Map<string, Set<string>>();

  born(node: string): void {
    this.bornAt.set(node, this.said);
  }

  /** Looks at what a node has taken in since the last look. */
  check(node: string, taken: string[]): void {
    const before = this.counted.get(node) ?? new Set();
    this.counted.set(node, before);
    for (const word of taken.splice(0)) {
      if (before.has(word)) throw new Error(`${node} took ${word} twice`);
      before.add(word);
      const saidAt = Number(word.split(" ").at(-1));
      if (saidAt < (this.bornAt.get(node) ?? 0))
        throw new Error(`${node} took ${word}, said before it started`);
    }
  }
}

/** Whether each node understands the other one at the end. Throws when a word counts that must not. */
async function live(steps: readonly Step[]): Promise<Readonly<Record<Name, boolean>>> {
  const cluster = new SealedCluster();
  const ledger = new Ledger();
  const look = () => NAMES.forEach((node) => ledger.check(node, cluster.taken.get(node) ?? []));
  const say = (from: Name): string => {
    const word = String(ledger.said);
    ledger.said += 1;
    cluster.say(from, word);
    return word;
  };
  try {
    await cluster.prepare(...NAMES);
    for (const node of NAMES) await cluster.start(node);
    for (const one of steps) {
      if (one.kind === "say") say(one.from);
      if (one.kind === "cut") cluster.cut.add(one.node);
      if (one.kind === "mend") cluster.cut.delete(one.node);
      if (one.kind === "wait") cluster.clock.advance(one.forMs);
      if (one.kind === "replay") {
        const frame = cluster.captured[one.which % Math.max(1, cluster.captured.length)];
        if (frame !== undefined) cluster.give(one.to, frame.bytes);
      }
      if (one.kind === "restart") {
        await cluster.start(one.node);
        ledger.born(one.node);
      }
      look();
    }
    cluster.cut.clear();
    for (let round = 0; round < 4; round += 1) {
      for (const node of NAMES) say(node);
      cluster.clock.advance(500);
      look();
    }
    const last = { master: say("master"), cluster1: say("cluster1") };
    return {
      cluster1: cluster.taken.get("cluster1")?.includes(`master: ${last.master}`) === true,
      master: cluster.taken.get("master")?.includes(`cluster1: ${last.cluster1}`) === true,
    };
  } finally {
    await cluster.close();
  }
}

it("no life that two nodes and a man in the middle lead makes a word count twice, or one of the past", async () => {
  const lives = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 80 }), async (steps) => {
    expect(await live(steps)).toEqual({ master: true, cluster1: true });
  });
  await fc.assert(lives, { numRuns: 60 });
}, 60_000);
