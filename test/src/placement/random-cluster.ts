// Random rules without contradictions, and random states of their clusters, for the properties that always hold.
import {
  contradictionsIn,
  type FailureRecord,
  type PlacementState,
  type PromotionScore,
  type RunningInstance,
} from "@systole/core/engine";
import type { PlacementConstraint, PlacementGroup, PlacementRules } from "@systole/core/ports";
import fc from "fast-check";

const NODES = ["alpha", "bravo", "charlie", "delta", "echo"] as const;
const GROUPS = ["a", "b", "c", "d", "e", "f"] as const;

const NOW_MS = 1_000_000;

export interface RandomCluster {
  readonly rules: PlacementRules;
  readonly state: PlacementState;
}

const some = <T>(list: readonly T[]) => fc.subarray([...list]);
const node = fc.constantFrom(...NODES);
const worth = fc.oneof(fc.integer({ min: -200, max: 500 }), fc.constant(1_000_000), fc.constant(-1_000_000));

function groupOf(name: string): fc.Arbitrary<PlacementGroup> {
  const size = fc.integer({ min: 1, max: 3 });
  const parts = {
    prefer: fc.oneof(some(NODES), fc.dictionary(node, worth)),
    never: some(NODES),
    stickiness: fc.constantFrom(0, 1, 50, 200),
    failback: fc.constantFrom("auto" as const, "manual" as const, { afterMs: 60_000 }),
    clone: fc.record(
      { max: fc.integer({ min: 2, max: 6 }), perNode: fc.integer({ min: 1, max: 2 }) },
      { requiredKeys: [] },
    ),
    promotable: fc.record({ promoted: fc.integer({ min: 1, max: 2 }) }),
  };
  const words = fc
    .record(parts, { requiredKeys: [] })
    .map(({ clone, promotable, prefer, never = [], ...rest }) => ({
      ...rest,
      ...(name < "d" || clone === undefined ? {} : { clone }),
      ...(name < "e" || promotable === undefined ? {} : { promotable }),
      ...(prefer === undefined
        ? {}
        : { prefer: Array.isArray(prefer) ? prefer.filter((one) => !never.includes(one)) : prefer }),
      never: never.slice(0, 3),
    }));
  return fc.tuple(size, words).map(([count, rest]) => ({
    ...rest,
    name,
    resources: Array.from({ length: count }, (_, index) => ({ name: `${name}${index}` })),
  }));
}

const score = fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined, freq: 1 });

function constraintOf(groups: readonly PlacementGroup[]): fc.Arbitrary<PlacementConstraint> {
  const pair = fc.shuffledSubarray(
    groups.map(({ name }) => name),
    { minLength: 2, maxLength: 2 },
  );
  const kind = fc.constantFrom("together" as const, "apart" as const, "start-after" as const);
  return fc
    .tuple(kind, pair, score, fc.boolean())
    .map(([kind, [first = "", second = ""], worth, promoted]) => {
      const isPromotable = groups.find(({ name }) => name === first)?.promotable !== undefined;
      const common = {
        ...(worth === undefined ? {} : { score: worth }),
        ...(promoted && isPromotable && kind !== "apart" ? { role: "promoted" as const } : {}),
      };
      if (kind === "start-after") return { kind, after: first, start: second, ...common };
      return { kind, names: [first, second] as const, ...common };
    });
}

/** Also such as contradict themselves. */
const anyRules: fc.Arbitrary<PlacementRules> = fc
  .tuple(
    fc.integer({ min: 2, max: 6 }),
    fc.constantFrom("stop" as const, "freeze" as const, "ignore" as const),
  )
  .chain(([count, noQuorum]) =>
    fc.tuple(fc.tuple(...GROUPS.slice(0, count).map((name) => groupOf(name))), fc.constant(noQuorum)),
  )
  .chain(([groups, noQuorum]) =>
    fc.array(constraintOf(groups), { maxLength: 6 }).map((constraints) => ({
      nodes: NODES.map((name) => ({ name, weight: 1, attributes: {} })),
      groups,
      constraints,
      noQuorum,
    })),
  );

const rules = anyRules.filter((one) => contradictionsIn(one).length === 0);

const standing = fc.oneof(
  { weight: 6, arbitrary: fc.constant("online" as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "standby" as const,
      "maintenance" as const,
      "unclean" as const,
      "lost" as const,
    ),
  },
);

function runningOf(one: PlacementGroup): fc.Arbitrary<readonly RunningInstance[]> {
  const condition = fc.constantFrom(undefined, undefined, undefined, "failed" as const, "stuck" as const);
  const isPromotable = one.promotable !== undefined;
  const most = one.clone === undefined && !isPromotable ? 1 : (one.clone?.max ?? NODES.length);
  return fc.tuple(some(NODES), condition, fc.boolean()).map(([nodes, found, promoted]) =>
    nodes.slice(0, most).map((node, instance) => ({
      group: one.name,
      instance,
      node,
      role: promoted && isPromotable && instance === 0 ? "promoted" : "started",
      ...(found === undefined ? {} : { condition: found }),
    })),
  );
}

function failuresOf(groups: readonly string[]): fc.Arbitrary<readonly FailureRecord[]> {
  const resource = fc.constantFrom(...groups).map((name) => `${name}0`);
  const count = fc.integer({ min: 1, max: 4 });
  const one = fc.record({
    node,
    resource,
    count,
    lastAtMs: fc.integer({ min: 0, max: NOW_MS }),
    start: fc.boolean(),
  });
  const key = (one: FailureRecord): string => `${one.node} ${one.resource}`;
  return fc.uniqueArray(one, { maxLength: 4, selector: key });
}

function promotionOf(groups: readonly PlacementGroup[]): fc.Arbitrary<readonly PromotionScore[]> {
  const pairs = groups
    .filter(({ promotable }) => promotable !== undefined)
    .flatMap(({ name }) => NODES.map((one) => [name, one] as const));
  return fc.tuple(
    ...pairs.map(([group, one]) =>
      fc.integer({ min: -5, max: 20 }).map((score) => ({ group, node: one, score })),
    ),
  );
}

function stateOf({ groups }: PlacementRules): fc.Arbitrary<PlacementState> {
  const names = groups.map(({ name }) => name);
  const group = fc.constantFrom(...names);
  const kind = fc.constantFrom("move" as const, "ban" as const);
  const nodes = NODES.map((name) =>
    fc.record({ name: fc.constant(name), standing, onlineSinceMs: fc.integer({ min: 0, max: NOW_MS }) }),
  );
  return fc.record({
    nowMs: fc.constant(NOW_MS),
    quorum: fc.constantFrom(true, true, true, true, false),
    nodes: fc.tuple(...nodes),
    running: fc.tuple(...groups.map(runningOf)).map((all) => all.flat()),
    failures: failuresOf(names),
    wishes: fc.array(fc.record({ kind, group, node }), { maxLength: 2 }),
    promotion: promotionOf(groups),
    maintenance: fc.oneof(
      { weight: 8, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.constant("cluster" as const) },
      { weight: 1, arbitrary: group.map((name) => [name]) },
    ),
  });
}

export const randomCluster: fc.Arbitrary<RandomCluster> = rules.chain((one) =>
  stateOf(one).map((state) => ({ rules: one, state })),
);

/** By rules that should have been refused. */
export const carelessCluster: fc.Arbitrary<RandomCluster> = anyRules.chain((one) =>
  stateOf(one).map((state) => ({ rules: one, state })),
);

/** The same in another order of everything that has none. */
export function shuffled({ rules, state }: RandomCluster): fc.Arbitrary<RandomCluster> {
  const any = <T>(list: readonly T[]) => fc.shuffledSubarray([...list], { minLength: list.length });
  return fc.record({
    rules: fc
      .record({ nodes: any(rules.nodes), groups: any(rules.groups), constraints: any(rules.constraints) })
      .map((parts) => ({ ...rules, ...parts })),
    state: fc
      .record({
        nodes: any(state.nodes),
        running: any(state.running),
        failures: any(state.failures),
        wishes: any(state.wishes),
        promotion: any(state.promotion),
      })
      .map((parts) => ({ ...state, ...parts })),
  });
}
