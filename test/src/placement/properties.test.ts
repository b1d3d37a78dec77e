// What holds of every placement, whatever the cluster is like.
import { place, type PlacementAction, type PlacementState } from "@systole/core/engine";
import type { PlacementGroup, PlacementRules } from "@systole/core/ports";
import fc from "fast-check";
import { describe, it, expect } from "vitest";
import { after, carriedOut, inOrder } from "./carried-out.js";
import { carelessCluster, randomCluster, shuffled, type RandomCluster } from "./random-cluster.js";

const RUNS = { numRuns: Number(process.env["PLACEMENT_RUNS"] ?? 100) };

/** Clusters with quorum, in which nobody and nothing is in maintenance, or cannot be stopped. */
const untouched: fc.Arbitrary<RandomCluster> = randomCluster.map(({ rules, state }) => ({
  rules,
  state: {
    ...state,
    quorum: true,
    maintenance: [],
    nodes: state.nodes.map((one) =>
      one.standing === "maintenance" ? { ...one, standing: "lost" as const } : one,
    ),
    running: state.running.map(({ condition, ...one }) =>
      condition === "failed" ? { ...one, condition } : one,
    ),
  },
}));

describe("every placement", () => {
  it("is the same whatever the order of what it is made of", () => {
    const pair = randomCluster.chain((one) => shuffled(one).map((other) => [one, other] as const));
    fc.assert(
      fc.property(pair, ([one, other]) => {
        expect(place(other.rules, other.state)).toEqual(place(one.rules, one.state));
      }),
      RUNS,
    );
  });

  it("has an order of its actions, in which each fits what is there", () => {
    fc.assert(
      fc.property(randomCluster, ({ rules, state }) => {
        const placement = place(rules, state);
        expect(() => carriedOut(state, placement)).not.toThrow();
        expect(inOrder(placement.actions)).toHaveLength(placement.actions.length);
      }),
      RUNS,
    );
  });

  it("is there for rules that contradict themselves too, and none of its actions waits for itself", () => {
    fc.assert(
      fc.property(carelessCluster, ({ rules, state }) => {
        const placement = place(rules, state);
        expect(inOrder(placement.actions)).toHaveLength(placement.actions.length);
        expect(new Set(placement.instances.map(({ group }) => group)).size).toBe(rules.groups.length);
      }),
      RUNS,
    );
  });

  it("asks for nothing more once it is carried out", () => {
    fc.assert(
      fc.property(randomCluster, ({ rules, state }) => {
        const next = carriedOut(state, place(rules, state));
        expect(place(rules, next).actions).toEqual([]);
      }),
      RUNS,
    );
  });

  it("never has more instances than there may be, on a node or in all", () => {
    fc.assert(
      fc.property(randomCluster, ({ rules, state }) => {
        for (const [group, nodes] of runningIn(carriedOut(state, place(rules, state)))) {
          const { clone, promotable } = groupNamed(rules, group);
          const single = clone === undefined && promotable === undefined;
          expect(nodes.length).toBeLessThanOrEqual(single ? 1 : (clone?.max ?? rules.nodes.length));
          for (const node of new Set(nodes))
            expect(nodes.filter((one) => one === node).length).toBeLessThanOrEqual(clone?.perNode ?? 1);
        }
      }),
      RUNS,
    );
  });

  it("starts nothing where it is never to run, where it is banned, or where a node does not take part", () => {
    fc.assert(
      fc.property(randomCluster, ({ rules, state }) => {
        for (const { kind, group = "", node } of place(rules, state).actions) {
          if (kind !== "start") continue;
          expect(groupNamed(rules, group).never ?? []).not.toContain(node);
          expect(state.nodes.find(({ name }) => name === node)?.standing).toBe("online");
          const banned = state.wishes.some(
            (one) => one.kind === "ban" && one.group === group && one.node === node,
          );
          expect(banned).toBe(false);
        }
      }),
      RUNS,
    );
  });

  it("keeps together and apart what must be, where nothing is left alone", () => {
    fc.assert(
      fc.property(untouched, ({ rules, state }) => {
        const running = runningIn(carriedOut(state, place(rules, state)));
        for (const one of rules.constraints) {
          if (one.kind === "start-after" || one.score !== undefined) continue;
          const [first = [], second = []] = one.names.map((name) => running.get(name));
          for (const node of second) expect(first.includes(node)).toBe(one.kind === "together");
        }
      }),
      RUNS,
    );
  });

  it("starts what must start after something only when that runs, at every moment", () => {
    fc.assert(
      fc.property(untouched, ({ rules, state }) => {
        const musts = rules.constraints.filter(
          (one) => one.kind === "start-after" && one.score === undefined,
        );
        let now = state;
        for (const action of inOrder(place(rules, state).actions)) {
          now = after(now, action);
          for (const one of musts) {
            if (one.kind !== "start-after" || action.kind !== "start" || action.group !== one.start) continue;
            expect(runningIn(now).get(one.after) ?? []).not.toEqual([]);
          }
        }
      }),
      RUNS,
    );
  });

  it("has a group at no moment on more nodes than it is to run on", () => {
    fc.assert(
      fc.property(randomCluster, ({ rules, state }) => {
        let now = state;
        for (const action of inOrder(place(rules, state).actions)) {
          now = after(now, action);
          expect(tooMany(rules, now, action)).toBeUndefined();
        }
      }),
      RUNS,
    );
  });

  it("says of each instance why, and starts nothing without a reason", () => {
    fc.assert(
      fc.property(randomCluster, ({ rules, state }) => {
        const { instances, actions } = place(rules, state);
        for (const { why } of [...instances, ...actions]) expect(why).toMatch(/^\S.{8,}[^.;,: ]$/);
        expect(new Set(instances.map(({ group }) => group)).size).toBe(rules.groups.length);
        for (const { group, instance, node } of instances)
          expect(
            instances.filter((one) => one.group === group && one.instance === instance && one.node === node),
          ).toHaveLength(1);
      }),
      RUNS,
    );
  });
});

/** Nodes on which each group runs, one for each instance. */
function runningIn({ running, nodes }: PlacementState): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { group, node } of running) {
    if (nodes.find(({ name }) => name === node)?.standing === "lost") continue;
    found.set(group, [...(found.get(group) ?? []), node]);
  }
  return found;
}

function groupNamed({ groups }: PlacementRules, name: string): PlacementGroup {
  const found = groups.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no group ${name}`);
  return found;
}

/** A group that an action has made too many of. */
function tooMany(
  rules: PlacementRules,
  now: PlacementState,
  { kind, group = "" }: PlacementAction,
): string | undefined {
  if (kind !== "start" && kind !== "promote") return undefined;
  const { clone, promotable } = groupNamed(rules, group);
  const isSingle = clone === undefined && promotable === undefined;
  const lost = new Set(now.nodes.filter(({ standing }) => standing === "lost").map(({ name }) => name));
  const live = now.running.filter((one) => one.group === group && !lost.has(one.node));
  const promoted = live.filter(({ role }) => role === "promoted");
  const most = isSingle ? 1 : (clone?.max ?? rules.nodes.length);
  return live.length > most || promoted.length > (promotable?.promoted ?? 0) ? group : undefined;
}
