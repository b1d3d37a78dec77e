// Takes a cluster of a set-up through the rows of a scenario, and measures each.
import { settled } from "../act-runner.js";
import { closeLab } from "../in-lab.js";
import { Lab, monotonicMs, NODE_NAMES, pause, waitFor } from "../index.js";
import type { OwnerLog } from "./owner-log.js";
import { PowerRack } from "./power-rack.js";
import type { Ending, Promised, Row, RowResult, Scenario, Stage } from "./row.js";
import type { SetUp } from "./set-up.js";
import { OwnerWatch } from "./watch.js";

export interface RunOptions {
  /** How often the client asks. */
  readonly clientIntervalMs: number;
  /** How long after what a row does its end may be in coming. */
  readonly patienceMs: number;
  /** Whether to wait for what is promised, as a test does, or for whatever comes. */
  readonly expectPromised: boolean;
}

const COLD_START_MS = 60_000;
/** The last lines of the observers and the client are on their way. */
const ARRIVAL_MS = 300;
const UNSERVED_MS = 20_000;

/** Calls `tell` after each row. Throws LabError when the cluster does not come up, or a row cannot be done. */
export async function runScenario(
  scenario: Scenario,
  setUp: SetUp,
  options: RunOptions,
  tell: (result: RowResult, row: Row) => void,
): Promise<void> {
  const lab = await Lab.open({
    implementation: setUp.implementation,
    variant: { ...setUp.variant, ...scenario.variant },
    files: { master: setUp.files, cluster1: setUp.files },
    clientIntervalMs: options.clientIntervalMs,
  });
  const rack = new PowerRack(lab);
  let watch: OwnerWatch | undefined;
  try {
    watch = await OwnerWatch.start(lab);
    const stage: Stage = { lab, setUp, rack };
    await scenario.prepare?.(stage);
    await Promise.all(NODE_NAMES.map((name) => lab.node(name).start()));
    await settled(lab, "master", setUp.restMs, COLD_START_MS);
    for (const row of scenario.rows) tell(await runRow(row, stage, watch.log, options), row);
  } finally {
    watch?.close();
    await rack.close();
    await closeLab(lab);
  }
}

async function runRow(row: Row, stage: Stage, owners: OwnerLog, options: RunOptions): Promise<RowResult> {
  const { lab, setUp } = stage;
  const startMs = monotonicMs();
  const switchedBefore = stage.rack.done.length;
  await row.perform(stage);
  await atRest(
    stage,
    owners,
    options.patienceMs,
    options.expectPromised ? row.promised(setUp.id) : undefined,
  );
  const endMs = monotonicMs();
  await pause(ARRIVAL_MS);
  return {
    row: row.id,
    title: row.title,
    setUp: setUp.id,
    twoOwnersMs: Math.round(owners.longestWithTwo("answers", startMs, endMs)),
    twoConfiguredMs: Math.round(owners.longestWithTwo("configured", startMs, endMs)),
    gapMs: Math.round(lab.answers.longestGap(startMs, endMs)),
    served: lab.answers.firstGood(endMs - ARRIVAL_MS) !== undefined,
    ends: ending(owners),
    switched: stage.rack.done.slice(switchedBefore),
    blindMs: Math.round(owners.longestBlind(startMs, endMs)),
    lastedMs: Math.round(endMs - startMs),
  };
}

/**
 * Resolves when who answers has not changed for a while and is as wanted, users included; or when that does not come. With nothing
 * wanted, who is not served is waited for longer: a neighbour entry that nobody corrects expires within this time.
 */
async function atRest(
  { lab, setUp }: Stage,
  owners: OwnerLog,
  patienceMs: number,
  wanted: Promised | undefined,
): Promise<void> {
  const sinceMs = monotonicMs();
  const untilMs = sinceMs + patienceMs;
  const isAtRest = (): boolean => {
    const nowMs = monotonicMs();
    if (nowMs - owners.changedMs() < setUp.restMs) return false;
    const served = lab.answers.firstGood(nowMs - ARRIVAL_MS) !== undefined;
    if (wanted !== undefined)
      return wanted.ends.includes(ending(owners)) && served !== (wanted.unserved === true);
    return served || nowMs - sinceMs >= UNSERVED_MS;
  };
  await waitFor("rest", () => isAtRest() || monotonicMs() >= untilMs, { timeoutMs: patienceMs + 1000 });
}

function ending(owners: OwnerLog): Ending {
  const answering = NODE_NAMES.filter((name) => owners.answering().includes(name));
  return answering.length > 1 ? "both" : (answering[0] ?? "nobody");
}
