// The rows as tests: each scenario on each set-up of Systole that it names, held to what is promised.
import { expect, it } from "vitest";
import { describeInLab } from "../in-lab.js";
import type { RowResult, Scenario } from "./row.js";
import { runScenario } from "./run-scenario.js";
import { SET_UPS } from "./set-up.js";

/** For a machine that runs several of them at once. */
const RUN = { clientIntervalMs: 20, patienceMs: 20_000, expectPromised: true } as const;

export function declareScenarios(title: string, scenarios: readonly Scenario[]): void {
  describeInLab(title, () => {
    for (const scenario of scenarios) {
      const setUps = SET_UPS.filter(
        ({ id, implementation }) => implementation === "systole" && scenario.setUps.includes(id),
      );
      for (const setUp of setUps) {
        it(`${scenario.rows.map((row) => row.title).join(", ")}: ${setUp.title}`, async () => {
          const broken: unknown[] = [];
          await runScenario(scenario, setUp, RUN, (result, row) => {
            const { ends, twoOwnersMs = Infinity, gapMs = Infinity } = row.promised(setUp.id);
            const kept =
              ends.includes(result.ends) && result.twoOwnersMs <= twoOwnersMs && result.gapMs <= gapMs;
            if (!kept)
              broken.push({ result, promised: { ends, twoOwnersMs, gapMs } } satisfies {
                result: RowResult;
                promised: unknown;
              });
          });
          expect(broken).toEqual([]);
        });
      }
    }
  });
}
