import { Quorum, type QuorumAnswer, type QuorumQuestion } from "@systole/sdk";
import {
  contractFor,
  MemoryQuorum,
  MemoryWitness,
  runCase,
  service,
  TestHost,
  type QuorumSubject,
  type SubjectSource,
} from "@systole/sdk/testkit";
import { describe, expect, it } from "vitest";
import plugin from "./index.js";
import { Majority } from "./majority.js";

const THREE = ["master", "cluster1", "cluster2"];

function ask(nodes: readonly string[], alive: readonly string[]) {
  return new Majority().ask({ self: alive[0] ?? "", nodes, alive }, new AbortController().signal);
}

describe("a majority", () => {
  it.each<readonly [string, readonly string[], readonly string[], string]>([
    ["two of three", THREE, ["master", "cluster2"], "granted"],
    ["one of three", THREE, ["cluster1"], "denied"],
    ["one of two", ["master", "cluster1"], ["master"], "denied"],
    ["both of two", ["master", "cluster1"], ["master", "cluster1"], "granted"],
    ["half of four", [...THREE, "cluster3"], ["master", "cluster1"], "denied"],
    ["the only one there is", ["master"], ["master"], "granted"],
    ["a stranger does not count", THREE, ["master", "joined-later"], "denied"],
    ["a name said twice counts once", THREE, ["master", "master"], "denied"],
  ])("%s", async (_name, nodes, alive, kind) => {
    expect((await ask(nodes, alive)).kind).toBe(kind);
  });
});

describe("exactly half of the votes", () => {
  const TWO = ["master", "cluster1"];
  const question = (alive: readonly string[], self = alive[0] ?? ""): QuorumQuestion => ({
    self,
    nodes: TWO,
    alive,
  });
  const live = new AbortController().signal;

  it("are as good as more with the node that breaks the tie, and with no other", async () => {
    const host = await TestHost.boot(plugin, { config: { tieBreaker: ["cluster1"] } });
    const quorum = host.get(Quorum, "majority");
    expect(await quorum.ask(question(["cluster1"]), live)).toEqual({ kind: "granted" });
    expect(await quorum.ask(question(["master"]), live)).toEqual({ kind: "denied" });
  });

  it("are judged by another quorum, which is asked for nothing else, and told when nobody is missing", async () => {
    const witness = new MemoryWitness();
    const device = new MemoryQuorum(witness);
    const nodes = await Promise.all(
      [1, 2].map(async () => {
        const config = { tieBreaker: { quorum: "witness" } };
        return TestHost.boot(plugin, { config, services: [service(Quorum, device)] });
      }),
    );
    const [one, other] = nodes.map((host) => host.get(Quorum, "majority"));
    expect(await one?.ask(question(["master"]), live)).toMatchObject({ kind: "granted" });
    expect(await other?.ask(question(["cluster1"]), live)).toEqual({ kind: "denied", holder: "master" });
    const asked = witness.questions.length;
    expect(await other?.ask(question(TWO, "cluster1"), live)).toEqual({ kind: "granted" });
    expect(witness.questions.length).toBe(asked);
    expect(await one?.ask(question(TWO), live)).toEqual({ kind: "granted" });
    expect(witness.questions.length).toBe(asked + 1);
  });

  it("are not enough when that other quorum cannot be asked", async () => {
    const device = { ask: async (): Promise<QuorumAnswer> => ({ kind: "unreachable", reason: "no route" }) };
    const majority = new Majority({ device });
    expect(await majority.ask(question(["master"]), live)).toEqual({
      kind: "unreachable",
      reason: "no route",
    });
  });
});

describe("the contract of a quorum", () => {
  const contract = contractFor("quorum");
  const source: SubjectSource<QuorumSubject> = {
    open: async () => {
      const host = await TestHost.boot(plugin);
      return {
        quorum: host.get(Quorum, "majority"),
        question: { self: "master", nodes: THREE, alive: ["master", "cluster2"] },
        rival: {
          quorum: host.get(Quorum, "majority"),
          question: { self: "cluster1", nodes: THREE, alive: ["cluster1"] },
        },
      };
    },
  };
  it.each(contract.cases)("$id: $name", async (one) => {
    expect((await runCase(contract, one, source)).outcome).not.toBe("failed");
  });

  it.each([
    { tie: "master" },
    { weights: { master: -1 } },
    { weights: { master: 1.5 } },
    { tieBreaker: "highest" },
    { tieBreaker: [] },
    { tieBreaker: ["master", "master"] },
    { tieBreaker: { quorum: "majority" } },
    { tieBreaker: { quorum: "witness" }, lastManStanding: true },
    { lastManStanding: true, windowMs: 10 },
  ])("refuses %j", async (config) => {
    await expect(TestHost.boot(plugin, { config })).rejects.toMatchObject({ code: "PLUGIN_CONFIG_INVALID" });
  });
});
