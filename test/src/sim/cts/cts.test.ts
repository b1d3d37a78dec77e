// CTS's classes on simulated clusters of two, three and five nodes, with audits after each: `SYSTOLE_SIM_SEEDS` says how often each.
import { describe, expect, it } from "vitest";
import { SIM_CLASSES } from "./catalogue.js";
import { runClass } from "./run-class.js";

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
