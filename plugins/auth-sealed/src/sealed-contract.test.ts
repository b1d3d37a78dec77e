// The contract of sealers, run on real keys.
import { contractFor, runContract, type SealerSubject } from "@systole/sdk/testkit";
import { expect, test } from "vitest";
import { SealedFrames } from "./sealed-frames.js";
import { SealedCluster } from "./testing/sealed-cluster.js";

test("sealed frames keep the contract", async () => {
  const clusters: SealedCluster[] = [];
  const prepared = async (): Promise<SealedCluster> => {
    const cluster = new SealedCluster();
    clusters.push(cluster);
    await cluster.prepare("master", "cluster1");
    return cluster;
  };
  const sealerOf = (cluster: SealedCluster, self: string) =>
    new SealedFrames(
      { self, mode: "permissive", directory: cluster.directory(self).path },
      cluster.clock,
      cluster.log,
    );
  const results = await runContract(contractFor("sealer"), {
    open: async (): Promise<SealerSubject> => {
      const ours = await prepared();
      const theirs = await prepared();
      return {
        nodes: ["master", "cluster1"],
        start: (node) => sealerOf(ours, node),
        stranger: () => sealerOf(theirs, "master"),
      };
    },
  });
  for (const cluster of clusters) await cluster.close();
  expect(
    results.flatMap(({ id, outcome, reason }) => (outcome === "passed" ? [] : [`${id}: ${reason}`])),
  ).toEqual([]);
  expect(results.length).toBeGreaterThan(10);
});
