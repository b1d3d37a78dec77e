// The quorum beside real witnesses on the loopback interface: what a node may believe, and what it gives back.
import type { QuorumAnswer, QuorumQuestion } from "@systole/sdk";
import { contractFor, runCase, TestHost, type QuorumSubject, type SubjectSource } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import plugin from "./index.js";
import { KEY_VARIABLE, openNode, settled, TestWitness, type TestNode } from "./testing/site.js";

const NODES = ["alpha", "bravo"];
const alone = (self: string): QuorumQuestion => ({ self, nodes: NODES, alive: [self] });
let opened: { close(): Promise<unknown> }[];

beforeEach(() => {
  opened = [];
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function witnesses(count: number): Promise<TestWitness[]> {
  const all = Array.from({ length: count }, () => new TestWitness());
  for (const one of all) {
    await one.open();
    // What is given back at the end of a test is taken at once.
    opened.unshift({ close: async () => void (one.mood = "working") });
    opened.push(one);
  }
  return all;
}

async function node(
  of: readonly TestWitness[],
  config?: Readonly<Record<string, unknown>>,
): Promise<TestNode> {
  const one = await openNode(of, config);
  opened.splice(-of.length, 0, one);
  return one;
}

function ask({ quorum }: TestNode, self: string, signal = AbortSignal.timeout(400)): Promise<QuorumAnswer> {
  return quorum.ask(alone(self), signal);
}

async function pair(count = 1, config?: Readonly<Record<string, unknown>>) {
  const all = await witnesses(count);
  const nodes = { alpha: await node(all, config), bravo: await node(all, config) };
  await settled(all, 2);
  return { all, ...nodes, first: all[0] ?? new TestWitness() };
}

describe("a node that asks its witness", () => {
  it("is granted for the time of the lease less the margin, and the other is told who has it", async () => {
    const { alpha, bravo } = await pair(1, { ttlMs: 8000, marginMs: 500 });
    const answer = await ask(alpha, "alpha");
    expect(answer).toEqual({ kind: "granted", forMs: expect.any(Number) as number });
    expect(answer.kind === "granted" && answer.forMs).toBeGreaterThan(7000);
    expect(answer.kind === "granted" && answer.forMs).toBeLessThanOrEqual(7500 + 5);
    expect(await ask(bravo, "bravo")).toEqual({ kind: "denied", holder: "alpha" });
    expect(alpha.log.entries.map(({ event }) => event)).toContain("witness.granted");
    expect(bravo.log.entries.map(({ event }) => event)).toContain("witness.denied");
  });

  it("has lost the lease by its own clock before another can have it", async () => {
    const { alpha, bravo, first } = await pair(1, { ttlMs: 8000, marginMs: 500 });
    const answer = await ask(alpha, "alpha");
    const forMs = answer.kind === "granted" ? (answer.forMs ?? Infinity) : Infinity;
    first.pass(forMs);
    expect((await ask(bravo, "bravo")).kind).toBe("denied");
    first.pass(8000 - forMs);
    expect((await ask(bravo, "bravo")).kind).toBe("granted");
  });

  it.each(["broken", "stalled", "nonsense", "stranger"] as const)(
    "is neither granted nor denied by one that is %s",
    async (mood) => {
      const { alpha, bravo, first } = await pair();
      await ask(alpha, "alpha");
      first.mood = mood;
      expect((await ask(alpha, "alpha")).kind).toBe("unreachable");
      expect((await ask(bravo, "bravo")).kind).toBe("unreachable");
    },
  );

  it("is neither granted nor denied by one that has lost its store", async () => {
    const { alpha, bravo, first } = await pair();
    await ask(alpha, "alpha");
    first.store.clear();
    const reason = expect.stringContaining("it has not known this cluster for long enough") as string;
    expect(await ask(alpha, "alpha")).toEqual({ kind: "unreachable", reason });
    expect(await ask(bravo, "bravo")).toEqual({ kind: "unreachable", reason });
  });

  it("that is not there any more is not there, and the log says so once", async () => {
    const { alpha, first } = await pair();
    await first.close();
    for (let count = 0; count < 2; count += 1) expect((await ask(alpha, "alpha")).kind).toBe("unreachable");
    expect(alpha.log.entries.filter(({ event }) => event === "witness.unreachable")).toHaveLength(1);
  });

  it("gives the lease back when it stops, and the other need not wait", async () => {
    const { alpha, bravo } = await pair();
    await ask(alpha, "alpha");
    await alpha.close();
    expect((await ask(bravo, "bravo")).kind).toBe("granted");
  });

  it("gives the lease back when every node is heard again", async () => {
    const { alpha, bravo, first } = await pair();
    await ask(alpha, "alpha");
    const question = { self: "alpha", nodes: NODES, alive: NODES };
    expect(await alpha.quorum.ask(question, AbortSignal.timeout(1000))).toEqual({ kind: "granted" });
    await expect.poll(() => first.questions("release")).toBe(1);
    expect((await ask(bravo, "bravo")).kind).toBe("granted");
  });

  it("greets it at the start, so that the cluster is known before it is needed, and then seldom", async () => {
    const [one] = await witnesses(1);
    if (one === undefined) return;
    const alpha = await node([one], { checkEveryMs: 1000 });
    await settled([one], 1);
    expect(one.requests).toBe(1);
    await expect.poll(() => one.questions("hello"), { timeout: 3000 }).toBe(2);
    expect(alpha.log.entries.filter(({ event }) => event === "witness.reached")).toHaveLength(1);
  });
});

describe("a witness that gives shorter leases than this node wants", () => {
  it("is named in the log when it is greeted, and what it gives is what counts", async () => {
    const { alpha } = await pair(1, { ttlMs: 120_000, marginMs: 1000 });
    const cut = () => alpha.log.entries.find(({ event }) => event === "witness.lease-cut")?.fields;
    await expect.poll(cut).toMatchObject({ longestTtlMs: 60_000, ttlMs: 120_000 });
    const answer = await ask(alpha, "alpha");
    expect(answer.kind === "granted" && answer.forMs).toBeLessThanOrEqual(59_000 + 5);
  });
});

describe("two witnesses", () => {
  it("must both grant", async () => {
    const { alpha, bravo, all } = await pair(2);
    expect((await ask(alpha, "alpha")).kind).toBe("granted");
    expect(await ask(bravo, "bravo")).toEqual({ kind: "denied", holder: "alpha" });
    await all[1]?.close();
    expect((await ask(alpha, "alpha")).kind).toBe("unreachable");
  });

  it("of which each grants to another node are given back, and soon one of the nodes has both", async () => {
    const { alpha, bravo, all } = await pair(2);
    let rounds = 0;
    for (const granted = new Set<string>(); granted.size === 0; rounds += 1) {
      const answers = await Promise.all([ask(alpha, "alpha"), ask(bravo, "bravo")]);
      const kinds = answers.map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === "granted").length).toBeLessThan(2);
      if (kinds.includes("granted")) granted.add(kinds.indexOf("granted") === 0 ? "alpha" : "bravo");
      expect(rounds).toBeLessThan(30);
    }
    expect(all.every((one) => one.questions("acquire") > 0)).toBe(true);
  });
});

describe("three witnesses", () => {
  it("may lose one, whichever it is, and the holder stays", async () => {
    const { alpha, bravo, all } = await pair(3);
    expect((await ask(alpha, "alpha")).kind).toBe("granted");
    for (const one of all) {
      one.mood = "stalled";
      expect((await ask(alpha, "alpha")).kind).toBe("granted");
      expect((await ask(bravo, "bravo")).kind).toBe("denied");
      one.mood = "working";
    }
  });

  it("answer as soon as two have", async () => {
    const { alpha, all } = await pair(3);
    if (all[2] !== undefined) all[2].mood = "stalled";
    const beganMs = performance.now();
    expect((await ask(alpha, "alpha", AbortSignal.timeout(5000))).kind).toBe("granted");
    expect(performance.now() - beganMs).toBeLessThan(1400);
  });

  it("of which two are lost grant nothing, and the third is left to the other side", async () => {
    const { alpha, bravo, all } = await pair(3);
    for (const one of all.slice(1)) one.mood = "broken";
    expect((await ask(alpha, "alpha")).kind).toBe("unreachable");
    for (const one of all.slice(1)) one.mood = "working";
    expect((await ask(bravo, "bravo")).kind).toBe("granted");
  });
});

describe("the contract of a quorum", () => {
  const contract = contractFor("quorum");
  const source: SubjectSource<QuorumSubject> = {
    open: async () => {
      const { alpha, bravo, first } = await pair();
      return {
        quorum: alpha.quorum,
        question: alone("alpha"),
        rival: { quorum: bravo.quorum, question: alone("bravo") },
        break: async () => void (first.mood = "broken"),
        stall: async () => void (first.mood = "stalled"),
      };
    },
  };
  it.each(contract.cases)("$id: $name", async (one) => {
    expect((await runCase(contract, one, source)).outcome).not.toBe("failed");
  });
});

describe("the configuration", () => {
  const key = { env: KEY_VARIABLE };
  const good = { cluster: "web", witnesses: [{ url: "https://witness.example/", key }] };
  it.each([
    [{ ...good, cluster: "a/b" }],
    [{ ...good, witnesses: [] }],
    [{ ...good, witnesses: [{ url: "witness.example", key }] }],
    [{ ...good, witnesses: [{ url: "https://witness.example/", key: "in the open" }] }],
    [{ ...good, witnesses: [...good.witnesses, ...good.witnesses] }],
    [{ ...good, ttlMs: 1000, marginMs: 600 }],
    [{ ...good, ttlMs: 100 }],
    [{ ...good, witness: "typo" }],
  ])("refuses %j", async (config) => {
    await expect(TestHost.boot(plugin, { config })).rejects.toMatchObject({ code: "PLUGIN_CONFIG_INVALID" });
  });

  it("does not start without the key that it names", async () => {
    const nowhere = { witnesses: [{ url: "https://witness.example/", key: { env: "NOT_SET_ANYWHERE" } }] };
    const host = await TestHost.boot(plugin, { config: { ...good, ...nowhere } });
    await expect(host.start()).rejects.toThrow("NOT_SET_ANYWHERE is not set");
  });
});
