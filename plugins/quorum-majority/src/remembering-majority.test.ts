// What a majority remembers, told as stories: who is granted what, one loss after the other, and after a start of everybody.
import { afterEach, describe, expect, it } from "vitest";
import { contractFor, runCase, type QuorumSubject, type SubjectSource } from "@systole/sdk/testkit";
import type { MajorityConfig } from "./config.js";
import { RememberingMajority } from "./remembering-majority.js";
import { World, type Place } from "./testing/world.js";
import type { TieBreaker } from "./votes.js";

const FIVE = ["alpha", "bravo", "charlie", "delta", "echo"];
const WINDOW_MS = 2000;
/** A start, and what one has answered before it is not believed any more. */
const SETTLED_MS = 6000;
/** What was granted to more nodes is believed no more, and the window has passed. */
const SHRUNK_MS = WINDOW_MS + 2500;
let opened: World[] = [];

afterEach(() => {
  for (const world of opened.splice(0)) {
    for (const name of world.nodes.map((node) => node.name)) world.crash(name);
    world.clock.advance(60_000);
    if (world.clock.pending > 0)
      throw new Error(`${world.clock.pending} alarms are still set after the stop`);
  }
});

interface Told extends Partial<Omit<MajorityConfig, "tieBreaker">> {
  readonly names?: readonly string[];
  readonly tieBreaker?: TieBreaker;
}

function build({ names = FIVE, tieBreaker = [], ...told }: Told): World {
  const config = { weights: {}, waitForAll: false, lastManStanding: false, windowMs: WINDOW_MS, ...told };
  const make = (place: Place) => new RememberingMajority({ config, tieBreaker, ...place });
  const world = new World({ names, random: () => 0.5, make });
  world.cut(names);
  opened.push(world);
  return world;
}

async function running(told: Told): Promise<World> {
  const world = build(told);
  for (const { name } of world.nodes) await world.start(name);
  await pass(world, SETTLED_MS);
  return world;
}

const pass = (world: World, ms: number): Promise<void> => world.pass(ms, () => world.check());
const granted = (world: World): string =>
  world
    .granted()
    .map(({ name }) => name)
    .join(" ");
const said = (world: World, name: string): string => world.node(name).said;

describe("with lastManStanding", () => {
  it("a cluster of five goes on with three, then two, and one of two is denied", async () => {
    const world = await running({ lastManStanding: true });
    for (const name of ["delta", "echo"]) world.crash(name);
    await pass(world, SHRUNK_MS);
    expect(granted(world)).toBe("alpha bravo charlie");
    world.crash("charlie");
    await pass(world, SHRUNK_MS);
    expect(granted(world)).toBe("alpha bravo");
    world.crash("alpha");
    await pass(world, SHRUNK_MS);
    expect(said(world, "bravo")).toBe("denied");
  });

  it("the last of two goes on where a tie-breaker is with it, and all count again when they are back", async () => {
    const world = await running({ lastManStanding: true, tieBreaker: "lowest" });
    for (const name of ["delta", "echo", "charlie", "alpha"]) {
      world.crash(name);
      await pass(world, SHRUNK_MS);
    }
    // The lowest of the two that counted was lost.
    expect(said(world, "bravo")).toBe("denied");
    await world.start("alpha");
    await pass(world, SHRUNK_MS);
    expect(granted(world)).toBe("alpha bravo");
    world.crash("bravo");
    await pass(world, SHRUNK_MS);
    expect(granted(world)).toBe("alpha");
    for (const name of ["bravo", "charlie", "delta", "echo"]) await world.start(name);
    await pass(world, SETTLED_MS);
    world.cut(["alpha", "bravo"], ["charlie", "delta", "echo"]);
    await pass(world, SHRUNK_MS);
    expect(granted(world)).toBe("charlie delta echo");
  });

  it("those who have been missing have no quorum with one of those that count", async () => {
    const world = await running({ lastManStanding: true });
    world.cut(["alpha", "bravo", "charlie"], ["delta", "echo"]);
    await pass(world, SHRUNK_MS);
    world.cut(["alpha", "bravo"], ["charlie", "delta", "echo"]);
    await pass(world, 3000);
    expect(granted(world)).toBe("alpha bravo");
    expect(said(world, "delta")).toBe("denied");
  });

  it("before the window has passed everybody counts", async () => {
    const world = await running({ lastManStanding: true });
    world.cut(["alpha", "bravo", "charlie"], ["delta", "echo"]);
    await pass(world, WINDOW_MS / 2);
    world.cut(["alpha", "bravo"], ["charlie", "delta", "echo"]);
    await pass(world, 1500);
    expect(granted(world)).toBe("charlie delta echo");
  });

  it("who counts survives a start of everybody", async () => {
    const world = await running({ lastManStanding: true });
    world.cut(["alpha", "bravo", "charlie"]);
    await pass(world, SHRUNK_MS);
    for (const name of FIVE) world.crash(name);
    world.cut(["charlie", "delta", "echo"], ["alpha", "bravo"]);
    for (const name of FIVE) await world.start(name);
    await pass(world, 3000);
    expect(granted(world)).toBe("alpha bravo");
  });

  it("a node that has lost its disk has no vote before the others have taken it in again", async () => {
    const world = await running({ lastManStanding: true, names: FIVE.slice(0, 3) });
    world.crash("alpha");
    world.cut(["alpha", "bravo"]);
    await world.start("alpha", true);
    await pass(world, SHRUNK_MS);
    expect(granted(world)).toBe("");
    world.cut(FIVE);
    await pass(world, SETTLED_MS);
    world.cut(["alpha", "bravo"]);
    await pass(world, 1500);
    expect(granted(world)).toBe("alpha bravo");
  });

  it("a node whose store holds nonsense says so, and has no vote", async () => {
    const world = build({ lastManStanding: true });
    world.node("alpha").disk.set("quorum-majority", new TextEncoder().encode('{"v":9}'));
    await world.start("alpha");
    expect(world.node("alpha").log.entries.map(({ event }) => event)).toContain("quorum.memory-lost");
  });
});

describe("with waitForAll", () => {
  it("nobody is granted before all have been seen at once, and then a majority is", async () => {
    const world = build({ waitForAll: true });
    for (const name of FIVE.slice(0, 4)) await world.start(name);
    await pass(world, SETTLED_MS);
    expect(granted(world)).toBe("");
    expect(said(world, "alpha")).toBe("denied");
    await world.start("echo");
    await pass(world, SETTLED_MS);
    for (const name of ["delta", "echo"]) world.crash(name);
    await pass(world, 1500);
    expect(granted(world)).toBe("alpha bravo charlie");
  });

  it("one that is started again is told by those that have seen all", async () => {
    const world = await running({ waitForAll: true });
    for (const name of ["charlie", "delta", "echo"]) world.crash(name);
    await world.start("charlie");
    await pass(world, 1500);
    expect(granted(world)).toBe("alpha bravo charlie");
    for (const name of FIVE) world.crash(name);
    for (const name of ["alpha", "bravo", "charlie"]) await world.start(name);
    await pass(world, SETTLED_MS);
    expect(granted(world)).toBe("");
  });
});

describe("the contract of a quorum", () => {
  const contract = contractFor("quorum");
  const source: SubjectSource<QuorumSubject> = {
    open: async () => {
      const world = await running({ lastManStanding: true, names: FIVE.slice(0, 3) });
      world.cut(["alpha", "bravo"]);
      await pass(world, 1500);
      const of = (self: string, alive: readonly string[]) => {
        const { quorum } = world.node(self);
        if (quorum === undefined) throw new Error(`${self} does not run`);
        const moving: typeof quorum = {
          ask: async (question, signal) => {
            const answer = quorum.ask(question, signal);
            await world.pass(200);
            return answer;
          },
        };
        return { quorum: moving, question: { self, nodes: FIVE.slice(0, 3), alive, believedForMs: 1000 } };
      };
      return { ...of("alpha", ["alpha", "bravo"]), rival: of("charlie", ["charlie"]) };
    },
  };
  it.each(contract.cases)("$id: $name", async (one) => {
    expect((await runCase(contract, one, source)).outcome).not.toBe("failed");
  });
});
