// Pacemaker's own scheduler and ours, asked the same: where they agree, where they do not on purpose, and that the page says so.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { place } from "@systole/core/engine";
import type { PlacementGroup } from "@systole/core/ports";
import { afterAll, describe, expect, it } from "vitest";
import { hasProgram } from "../lab/ability.js";
import { cibOf } from "./cib.js";
import { askPacemaker, DEBIAN_PACKAGE, PROGRAM } from "./crm-simulate.js";
import { brokenOrders, deedsOf, outcomeOf, plainOrders, textOf, type Outcome } from "./outcome.js";
import { NOW_MS, rulesFor, stateFor, type Situation } from "./situation.js";
import { THEMES } from "./situations/index.js";
import { rowOf } from "./table-row.js";

const PAGE = readFileSync(new URL("../../../docs/placement.md", import.meta.url), "utf8");
const missing = hasProgram(PROGRAM) ? "" : ` (needs ${PROGRAM}: apt-get install ${DEBIAN_PACKAGE})`;
const all = THEMES.flatMap(({ title: theme, situations }) => situations.map((one) => ({ ...one, theme })));

interface Answers {
  readonly ours: Outcome;
  readonly theirs: Outcome;
  /** What Systole puts in order, and Pacemaker did the other way round. */
  readonly broken: readonly string[];
  readonly groups: readonly PlacementGroup[];
}

describe.skipIf(missing !== "" && process.env["CI"] !== "true")(`Pacemaker and Systole${missing}`, () => {
  const directory = mkdtempSync(join(tmpdir(), "systole-placement-"));
  let asked = 0;
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function askBoth(situation: Situation): Promise<Answers> {
    const rules = rulesFor(situation);
    const state = stateFor(situation);
    const cib = cibOf({ rules, state, fencing: situation.fencing ?? true });
    const question = { name: `situation-${++asked}`, cib, groups: rules.groups, nowMs: NOW_MS };
    const theirs = await askPacemaker(directory, question);
    const placement = place(rules, state);
    const broken = brokenOrders(placement, theirs);
    return { ours: outcomeOf(placement, rules.groups), theirs, broken, groups: rules.groups };
  }

  it.concurrent.each(all.filter(({ differs }) => differs === undefined))("$theme: $title", async (one) => {
    const { ours, theirs, broken, groups } = await askBoth(one);
    expect(textOf(ours)).toBe(textOf(theirs));
    expect(deedsOf(ours)).toEqual(deedsOf(theirs));
    expect(broken).toEqual([]);
    const ourOrders = plainOrders(ours, groups);
    const more = plainOrders(theirs, groups).filter((order) => !ourOrders.includes(order));
    expect(ourOrders.filter((order) => !theirs.orders.includes(order))).toEqual([]);
    expect(more.length > 0).toBe(one.freer !== undefined);
    expect(PAGE).toContain(rowOf(one, textOf(theirs), textOf(ours)));
  });

  it.concurrent.each(all.filter(({ differs }) => differs !== undefined))(
    "$theme: $title, where they differ",
    async (one) => {
      const { ours, theirs } = await askBoth(one);
      expect(textOf(ours)).not.toBe(textOf(theirs));
      expect(PAGE).toContain(rowOf(one, textOf(theirs), textOf(ours)));
    },
  );
});
