// One situation of a cluster, written once and briefly: what Systole places by, and what the test makes a file for Pacemaker of.
import type { PlacementConstraint, PlacementGroup, PlacementRules, RecoveryRules } from "@systole/core/ports";
import type { NodeStanding, PlacementState, RunningInstance } from "@systole/core/engine";

type GroupWords = Omit<PlacementGroup, "name" | "resources"> & {
  /** Absent: one resource of the group's name. */
  readonly resources?: readonly string[];
  readonly rules?: Partial<Pick<RecoveryRules, "onFail" | "migrationThreshold" | "failureTimeoutMs">>;
};

export interface Situation {
  /** As in the table of docs/placement.md; unique. */
  readonly title: string;
  /** Absent: alpha, bravo and charlie, all online. */
  readonly nodes?: Readonly<Record<string, NodeStanding>>;
  readonly attributes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly groups: Readonly<Record<string, GroupWords>>;
  readonly constraints?: readonly PlacementConstraint[];
  /** `GROUP NODE`, `GROUP:NUMBER NODE`, and a word more for a promoted, failed or stuck one. */
  readonly runs?: readonly string[];
  /** `RESOURCE NODE COUNT`, and `start` for one that could not be started; just now, or so many seconds ago: `120s`. */
  readonly failures?: readonly string[];
  /** `GROUP NODE`. */
  readonly moves?: readonly string[];
  readonly bans?: readonly string[];
  /** `GROUP NODE SCORE`. */
  readonly promotion?: readonly string[];
  readonly maintenance?: "cluster" | readonly string[];
  readonly noQuorum?: PlacementRules["noQuorum"];
  readonly quorum?: false;
  /** Pacemaker has no fence devices. */
  readonly fencing?: false;
  /** Where the two differ on purpose: why. */
  readonly differs?: string;
  /** Where Systole waits for less than Pacemaker: why that is enough. */
  readonly freer?: string;
}

export const NOW_MS = Date.UTC(2026, 0, 15, 12);

export function standingsOf({ nodes }: Situation): Readonly<Record<string, NodeStanding>> {
  return nodes ?? { alpha: "online", bravo: "online", charlie: "online" };
}

export function rulesFor(situation: Situation): PlacementRules {
  const nodes = Object.keys(standingsOf(situation)).map((name) => ({
    name,
    weight: 1,
    attributes: situation.attributes?.[name] ?? {},
  }));
  const groups = Object.entries(situation.groups).map(
    ([name, { resources = [name], rules = {}, ...words }]) => ({
      ...words,
      name,
      resources: resources.map((resource) => ({ name: resource, rules })),
    }),
  );
  return {
    nodes,
    groups,
    constraints: situation.constraints ?? [],
    ...(situation.noQuorum === undefined ? {} : { noQuorum: situation.noQuorum }),
  };
}

export function stateFor(situation: Situation): PlacementState {
  const wishes = (kind: "move" | "ban", list: readonly string[] = []) =>
    list.map((text) => ({ kind, group: word(text, 0), node: word(text, 1) }));
  return {
    nowMs: NOW_MS,
    quorum: situation.quorum ?? true,
    nodes: Object.entries(standingsOf(situation)).map(([name, standing]) => ({ name, standing })),
    running: (situation.runs ?? []).map(runningFrom),
    failures: (situation.failures ?? []).map((text) => ({
      resource: word(text, 0),
      node: word(text, 1),
      count: Number(word(text, 2)),
      lastAtMs: NOW_MS - agoMs(text),
      start: text.includes(" start"),
    })),
    wishes: [...wishes("move", situation.moves), ...wishes("ban", situation.bans)],
    promotion: (situation.promotion ?? []).map((text) => ({
      group: word(text, 0),
      node: word(text, 1),
      score: Number(word(text, 2)),
    })),
    maintenance: situation.maintenance ?? [],
  };
}

function runningFrom(text: string): RunningInstance {
  const [group = "", instance = "0"] = word(text, 0).split(":");
  const role = text.includes(" promoted") ? "promoted" : "started";
  const condition = /failed|stuck/.exec(text)?.[0];
  return {
    group,
    instance: Number(instance),
    node: word(text, 1),
    role,
    ...(condition === "failed" || condition === "stuck" ? { condition } : {}),
  };
}

function agoMs(text: string): number {
  return Number(/(\d+)s$/.exec(text)?.[1] ?? "1") * 1000;
}

function word(text: string, index: number): string {
  const found = text.split(" ")[index];
  if (found === undefined) throw new Error(`“${text}” has too few words`);
  return found;
}
