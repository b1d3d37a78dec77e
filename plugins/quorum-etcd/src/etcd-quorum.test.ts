// The quorum beside a real etcd: who is granted, for how long, and what follows when etcd is killed, stands still or comes back.
import type { QuorumAnswer, QuorumQuestion } from "@systole/sdk";
import { contractFor, runCase, type QuorumSubject, type SubjectSource } from "@systole/sdk/testkit";
import { toBase64 } from "@systole/witness/etcd-gateway";
import { HAS_ETCD, startEtcd, type EtcdServer } from "@systole/witness/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { etcdctl, openNode, type TestNode } from "./testing/site.js";

const NODES = ["alpha", "bravo"];
const NOWHERE = "http://127.0.0.1:9";
const DENIED = { kind: "denied", holder: "alpha" };
const KEY = toBase64("/systole/quorum/web");
let etcd: EtcdServer;
let opened: TestNode[] = [];

function ask({ quorum }: TestNode, self: string, alive: readonly string[] = [self]): Promise<QuorumAnswer> {
  const question: QuorumQuestion = { self, nodes: [...NODES, "charlie"], alive };
  return quorum.ask(question, AbortSignal.timeout(1500));
}

async function node(told?: Readonly<Record<string, unknown>>, endpoints = [etcd.url]): Promise<TestNode> {
  const one = await openNode(endpoints, told);
  opened.push(one);
  return one;
}

async function pair(told?: Readonly<Record<string, unknown>>) {
  return { alpha: await node(told), bravo: await node(told) };
}

const forMs = (answer: QuorumAnswer): number =>
  answer.kind === "granted" ? (answer.forMs ?? Infinity) : NaN;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.runIf(HAS_ETCD)("a quorum in etcd", () => {
  beforeAll(async () => {
    etcd = await startEtcd();
  }, 30_000);
  afterAll(() => etcd.close());
  afterEach(async () => {
    etcd.goOn();
    for (const one of opened.splice(0)) await one.close();
    await etcdctl(etcd.url, "kv/deleterange", { key: KEY });
  });

  it("grants to the first for the time of the lease less the margin, and tells the other who has it", async () => {
    const { alpha, bravo } = await pair({ ttlSeconds: 8, marginMs: 500 });
    const answer = await ask(alpha, "alpha");
    expect(forMs(answer)).toBeGreaterThan(7000);
    expect(forMs(answer)).toBeLessThanOrEqual(7550);
    expect(await ask(bravo, "bravo")).toEqual(DENIED);
    expect(forMs(await ask(alpha, "alpha"))).toBeGreaterThan(7000);
    expect(alpha.log.entries.map(({ event }) => event)).toContain("etcd.granted");
    expect(bravo.log.entries.map(({ event }) => event)).toContain("etcd.denied");
  });

  it("grants to one of two that ask at the same time, in every race", async () => {
    const { alpha, bravo } = await pair();
    for (let race = 0; race < 25; race += 1) {
      const answers = await Promise.all([ask(alpha, "alpha"), ask(bravo, "bravo")]);
      expect(answers.map(({ kind }) => kind).toSorted()).toEqual(["denied", "granted"]);
      await etcdctl(etcd.url, "kv/deleterange", { key: KEY });
    }
  });

  it("grants to the side of whoever has it, for as long as that one does at the least", async () => {
    const { alpha, bravo } = await pair({ ttlSeconds: 8 });
    await ask(alpha, "alpha", NODES);
    const answer = await ask(bravo, "bravo", NODES);
    expect(forMs(answer)).toBeGreaterThan(4000);
    expect(forMs(answer)).toBeLessThanOrEqual(7050);
    expect(await ask(await node(), "charlie")).toEqual(DENIED);
  });

  it("has ended for the holder, by its own clock, before the other is granted", async () => {
    const { alpha, bravo } = await pair({ ttlSeconds: 1, marginMs: 300 });
    const beganMs = performance.now();
    const answer = await ask(alpha, "alpha");
    let other = await ask(bravo, "bravo");
    while (other.kind === "denied" && performance.now() < beganMs + 15_000) {
      await sleep(40);
      other = await ask(bravo, "bravo");
    }
    expect(other.kind).toBe("granted");
    expect(performance.now() - beganMs).toBeGreaterThan(forMs(answer) + 250);
    process.stdout.write(`etcd: granted to the other after ${Math.round(performance.now() - beganMs)} ms\n`);
    expect(await ask(alpha, "alpha")).toEqual({ kind: "denied", holder: "bravo" });
  });

  it("is given back when the node stops, and when every node is heard again", async () => {
    const { alpha, bravo } = await pair();
    await ask(alpha, "alpha");
    expect(await ask(alpha, "alpha", [...NODES, "charlie"])).toEqual({ kind: "granted" });
    await expect.poll(async () => (await ask(bravo, "bravo")).kind).toBe("granted");
    await bravo.close();
    expect((await ask(alpha, "alpha")).kind).toBe("granted");
  });

  it("is taken up again by a node that was started anew, on a lease of its own", async () => {
    const { alpha, bravo } = await pair();
    await ask(alpha, "alpha");
    const again = await node();
    expect((await ask(again, "alpha")).kind).toBe("granted");
    await alpha.close();
    expect(await ask(bravo, "bravo")).toEqual(DENIED);
  });

  it("asks the next member when one does not answer", async () => {
    const alpha = await node({}, [NOWHERE, etcd.url]);
    expect((await ask(alpha, "alpha")).kind).toBe("granted");
  });

  it("grants nothing on a key that somebody has put there without a lease", async () => {
    const { alpha } = await pair();
    await etcdctl(etcd.url, "kv/put", { key: KEY, value: toBase64("bravo") });
    const reason = expect.stringContaining("has no lease") as string;
    expect(await ask(alpha, "alpha")).toEqual({ kind: "unreachable", reason });
  });

  it("that stands still is neither a grant nor a denial, and ends the question in time", async () => {
    const { alpha, bravo } = await pair();
    await ask(alpha, "alpha");
    etcd.pause();
    const beganMs = performance.now();
    const answers = await Promise.all([ask(alpha, "alpha"), ask(bravo, "bravo")]);
    expect(answers.map(({ kind }) => kind)).toEqual(["unreachable", "unreachable"]);
    expect(performance.now() - beganMs).toBeLessThan(1400);
    etcd.goOn();
    await expect.poll(async () => (await ask(alpha, "alpha")).kind, { timeout: 5000 }).toBe("granted");
  });

  it("that was killed is no grant; when it is back, whoever had it has it", async () => {
    const { alpha, bravo } = await pair();
    await ask(alpha, "alpha");
    await etcd.kill();
    for (const [one, self] of [
      [alpha, "alpha"],
      [bravo, "bravo"],
    ] as const)
      // prettier-ignore
      expect((await ask(one, self)).kind).toBe("unreachable");
    await etcd.startAgain();
    expect(await ask(bravo, "bravo")).toEqual(DENIED);
    expect((await ask(alpha, "alpha")).kind).toBe("granted");
  });

  it("that has lost what it knew grants nothing for as long as a lease may run", async () => {
    const { alpha, bravo } = await pair({ ttlSeconds: 1, marginMs: 100 });
    const answer = await ask(alpha, "alpha");
    const untilMs = performance.now() + forMs(answer);
    expect(await ask(bravo, "bravo")).toEqual(DENIED);
    await etcd.startAgain(true);
    const reason = expect.stringContaining("etcd has lost what it knew") as string;
    expect(await ask(bravo, "bravo")).toEqual({ kind: "unreachable", reason });
    await expect.poll(async () => (await ask(bravo, "bravo")).kind, { timeout: 8000 }).toBe("granted");
    expect(performance.now()).toBeGreaterThan(untilMs);
    expect(bravo.log.entries.map(({ event }) => event)).toContain("etcd.lost");
  });

  describe("keeps the contract of a quorum", () => {
    const contract = contractFor("quorum");
    let isKilled = false;
    const source: SubjectSource<QuorumSubject> = {
      open: async () => {
        const { alpha, bravo } = await pair();
        const of = (self: string) => ({ self, nodes: NODES, alive: [self] });
        return {
          quorum: alpha.quorum,
          question: of("alpha"),
          rival: { quorum: bravo.quorum, question: of("bravo") },
          break: async () => {
            isKilled = true;
            await etcd.kill();
          },
          stall: async () => etcd.pause(),
        };
      },
    };
    afterEach(async () => {
      if (isKilled) await etcd.startAgain();
      isKilled = false;
    });
    it.each(contract.cases)("$id: $name", async (one) => {
      expect((await runCase(contract, one, source)).outcome).not.toBe("failed");
    });
  });
});
