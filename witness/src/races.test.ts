import { expect, it } from "vitest";
import { LeasesInMemory, type LeaseStore } from "./lease-store.js";
import { runRaces } from "./testing/races.js";

it("two nodes ask in the same millisecond 10 000 times: one holder each time, and the epoch grows with each other", async () => {
  const store = new LeasesInMemory();
  const { wins } = await runRaces({ stores: [store, store], cluster: "web", races: 10_000 });
  expect((wins["alpha"] ?? 0) + (wins["bravo"] ?? 0)).toBe(10_000);
  expect(Math.min(wins["alpha"] ?? 0, wins["bravo"] ?? 0)).toBeGreaterThan(1000);
});

it("a store that looks and writes in two steps is found out", async () => {
  const store = new LeasesInMemory();
  const loose: LeaseStore = {
    clock: store.clock,
    read: (cluster) => store.read(cluster),
    write: async (cluster, text) => {
      while (!(await store.write(cluster, text, (await store.read(cluster))?.version)));
      return true;
    },
  };
  await expect(runRaces({ stores: [loose, loose], cluster: "web", races: 100 })).rejects.toThrow("race 0");
});
