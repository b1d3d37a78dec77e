// CTS's classes on simulated clusters of two, three and five nodes, with audits after each: `SYSTOLE_SIM_SEEDS` says how often each.
import { describe, expect, it } from "vitest";
import { SIM_CLASSES } from "./catalogue.js";
import { runClass } from "./run-class.js";
import type { SimClass } from "./sim-class.js";

const SEEDS = Number(process.env.SYSTOLE_SIM_SEEDS ?? 10);
const MS_A_SEED = 2000;

describe("CTS, simulated", () => {
  it.each(SIM_CLASSES.map((cls) => [cls.name, cls] as const))(
    "%s",
    (_name, cls) => {
      const failed = Array.from({ length: SEEDS }, (_, index) => index + 1).flatMap((seed) => {
        const { wrong, scene } = runClass(cls, seed);
        if (wrong.length === 0) return [];
        return [`seed ${seed}, ${scene.nodes.length} nodes, around ${scene.around}: ${wrong.join("; ")}`];
      });
      expect(failed).toEqual([]);
    },
    20_000 + SEEDS * MS_A_SEED,
  );
});

describe("the audits of a class", () => {
  const wrongAfter = (perform: SimClass["perform"]): string =>
    runClass({ name: "Wrong", of: "both", around: ["fencing"], perform }, 1).wrong.join("; ");

  it("find a group that runs on two machines", () => {
    const twice = wrongAfter((cts) => {
      for (const name of cts.names) cts.cluster.node(name).running.add("web0");
      cts.pause(10);
    });
    expect(twice).toMatch(/owners, at \d+ ms: web0 is served by alpha and bravo/);
  });

  it("find a machine on which something is left that nobody looks after", () => {
    const left = wrongAfter((cts) => {
      cts.cluster.node("charlie").running.add("web0");
      cts.cluster.node("alpha").running.delete("web0");
    });
    expect(left).not.toBe("");
  });

  it("find a class that does not come to what it should", () => {
    expect(wrongAfter((cts) => cts.must("it rains", false))).toContain(
      "it must be so that it rains, and is not",
    );
  });
});
