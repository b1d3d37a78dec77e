// The rows as tests: each scenario on each set-up of Systole that it names, held to what is promised.
import { expect, it } from "vitest";
import { labAbility } from "../ability.js";
import { describeInLab } from "../in-lab.js";
import type { Promised, RowResult, Scenario } from "./row.js";
import { runScenario } from "./run-scenario.js";
import { SET_UPS, type SetUpId } from "./set-up.js";

/** For a machine that runs several of them at once. */
const RUN = { clientIntervalMs: 20, patienceMs: 20_000, expectPromised: true } as const;

/** In CI a machine without them makes the row fail. */
const hasUsers = labAbility().kind === "root" || process.env.CI === "true";

const OF_SYSTOLE = SET_UPS.filter(({ implementation }) => implementation === "systole");

/** `only`: the set-ups of this file, where another has the rest. */
export function declareScenarios(
  title: string,
  scenarios: readonly Scenario[],
  only: readonly SetUpId[] = OF_SYSTOLE.map(({ id }) => id),
): void {
  describeInLab(title, () => {
    for (const scenario of scenarios) {
      const titles = scenario.rows.map((row) => row.title).join("; ");
      for (const setUp of OF_SYSTOLE.filter(({ id }) => only.includes(id) && scenario.setUps.includes(id))) {
        it.skipIf(scenario.needsRealRoot === true && !hasUsers)(
          `${scenario.id}: ${titles} (${setUp.title})`,
          async () => {
            const broken: string[] = [];
            await runScenario(scenario, setUp, RUN, (result, row) => {
              broken.push(...breaches(result, row.promised(setUp.id)));
            });
            expect(broken).toEqual([]);
          },
        );
      }
    }
  });
}

/** What was not kept, in words. */
function breaches(result: RowResult, promised: Promised): readonly string[] {
  const { ends, twoOwnersMs = Infinity, gapMs = Infinity } = promised;
  const said = `${result.title}: ${JSON.stringify(result)}`;
  const served = promised.unserved !== true;
  return [
    ...(result.served === served ? [] : [`users are ${served ? "not " : ""}served: ${said}`]),
    ...(ends.includes(result.ends) ? [] : [`ends with ${result.ends}, not ${ends.join(" or ")}: ${said}`]),
    ...(result.twoOwnersMs <= twoOwnersMs
      ? []
      : [`two owners for longer than ${String(twoOwnersMs)} ms: ${said}`]),
    ...(result.gapMs <= gapMs ? [] : [`no answers for longer than ${String(gapMs)} ms: ${said}`]),
  ];
}
