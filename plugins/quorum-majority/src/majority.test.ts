import { Quorum } from "@systole/sdk";
import { contractFor, runCase, TestHost, type QuorumSubject, type SubjectSource } from "@systole/sdk/testkit";
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

  it("refuses what cannot be configured", async () => {
    await expect(TestHost.boot(plugin, { config: { tie: "master" } })).rejects.toMatchObject({
      code: "PLUGIN_CONFIG_INVALID",
    });
  });
});
