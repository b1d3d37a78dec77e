// Rules that nobody could keep, each refused with all places that it comes from; and rules that only look like it.
import { contradictionsIn, pathText } from "@systole/core/engine";
import type { PlacementConstraint, PlacementGroup, PlacementRules } from "@systole/core/ports";
import { describe, expect, it } from "vitest";

type Words = Omit<PlacementGroup, "name" | "resources"> & { readonly resources?: readonly string[] };

function rules(groups: Record<string, Words>, ...constraints: PlacementConstraint[]): PlacementRules {
  return {
    nodes: ["alpha", "bravo", "charlie"].map((name) => ({ name, weight: 1, attributes: {} })),
    groups: Object.entries(groups).map(([name, { resources = [name], ...words }]) => ({
      ...words,
      name,
      resources: resources.map((resource) => ({ name: resource })),
    })),
    constraints,
  };
}

const together = (first: string, second: string, score?: number): PlacementConstraint => ({
  kind: "together",
  names: [first, second],
  ...(score === undefined ? {} : { score }),
});
const apart = (first: string, second: string, by?: string): PlacementConstraint => ({
  kind: "apart",
  names: [first, second],
  ...(by === undefined ? {} : { by }),
});
const after = (first: string, second: string): PlacementConstraint => ({
  kind: "start-after",
  after: first,
  start: second,
});
const ABC = { a: {}, b: {}, c: {} };

const REFUSED: readonly (readonly [title: string, PlacementRules, message: RegExp, places: string])[] = [
  [
    "a circle of two",
    rules(ABC, after("a", "b"), after("b", "a")),
    /circle.*start first/,
    "constraints[0] constraints[1]",
  ],
  [
    "a circle of three beside others",
    rules(ABC, together("a", "b"), after("a", "b"), after("b", "c"), after("c", "a")),
    /c starts after b.*a starts after c.*circle/,
    "constraints[1] constraints[2] constraints[3]",
  ],
  [
    "a circle by way of a resource's name",
    rules({ a: { resources: ["x", "y"] }, b: {} }, after("y", "b"), after("b", "x")),
    /circle/,
    "constraints[0] constraints[1]",
  ],
  [
    "each placed where the other is",
    rules(ABC, together("a", "b"), together("b", "a")),
    /placed first/,
    "constraints[0] constraints[1]",
  ],
  [
    "together and apart",
    rules(ABC, apart("a", "b"), together("b", "a")),
    /apart.*together/,
    "constraints[1] constraints[0]",
  ],
  [
    "together and apart through a third",
    rules(ABC, together("a", "b"), together("b", "c"), apart("a", "c")),
    /a with b, b with c/,
    "constraints[0] constraints[1] constraints[2]",
  ],
  [
    "on one node, and on different sites",
    rules(ABC, together("a", "b"), apart("a", "b", "site")),
    /apart/,
    "constraints[0] constraints[1]",
  ],
  [
    "together with a clone and apart from it",
    rules({ a: { clone: {} }, b: {} }, together("a", "b"), apart("a", "b")),
    /apart/,
    "constraints[0] constraints[1]",
  ],
  [
    "a group that no node may run",
    rules({ a: { never: ["alpha", "bravo", "charlie"] } }),
    /no node may run a/,
    "groups.a.never nodes",
  ],
  [
    "the same by two words",
    rules({ a: { never: ["alpha", "bravo"], prefer: { charlie: -1_000_000 } } }),
    /no node may run a/,
    "groups.a.never groups.a.prefer nodes",
  ],
  [
    "no node for both",
    rules({ a: { never: ["alpha", "bravo"] }, b: { never: ["charlie"] } }, together("a", "b")),
    /no node may run both \(a: charlie; b: alpha, bravo\)/,
    "constraints[0] groups.a.never groups.b.never",
  ],
  [
    "no node for three",
    rules(
      { a: { never: ["alpha"] }, b: { never: ["bravo"] }, c: { never: ["charlie"] } },
      together("a", "b"),
      together("b", "c"),
    ),
    /no node may run both/,
    "constraints[1] groups.a.never groups.b.never groups.c.never",
  ],
  [
    "preferred and never",
    rules({ a: { prefer: ["alpha", "bravo"], never: ["alpha"] } }),
    /prefers alpha and is never/,
    "groups.a.prefer groups.a.never",
  ],
  [
    "a node that is not there",
    rules({ a: { prefer: { delta: 3 } } }),
    /delta, which is not among the nodes/,
    "groups.a.prefer",
  ],
  [
    "a group that is not there",
    rules(ABC, together("a", "d")),
    /d is neither a group nor a resource/,
    "constraints[0]",
  ],
  [
    "a constraint within a group",
    rules({ a: { resources: ["x", "y"] } }, apart("x", "y")),
    /x and y are one group, a/,
    "constraints[0] groups.a",
  ],
  [
    "a resource in two groups",
    rules({ a: { resources: ["x"] }, b: { resources: ["x"] } }),
    /x is there twice/,
    "groups.a.resources groups.b.resources",
  ],
  ["a resource twice in a group", rules({ a: { resources: ["x", "x"] } }), /twice/, "groups.a.resources"],
  ["a group without resources", rules({ a: { resources: [] } }), /no resources/, "groups.a"],
  [
    "more promoted than instances",
    rules({ a: { clone: { max: 1 }, promotable: { promoted: 2 } } }),
    /2 promoted and only 1/,
    "groups.a.promotable groups.a.clone",
  ],
  [
    "too many instances on a node",
    rules({ a: { clone: { perNode: 101 } } }),
    /more than 100/,
    "groups.a.clone",
  ],
  [
    "too many constraints",
    rules(ABC, ...Array.from({ length: 1001 }, () => after("a", "b"))),
    /1001 constraints/,
    "constraints",
  ],
];

const KEPT: readonly (readonly [title: string, PlacementRules])[] = [
  ["together and apart where one is a wish", rules(ABC, together("a", "b", 100), apart("a", "b"))],
  [
    "two that are with a clone, and apart",
    rules({ a: { clone: {} }, b: {}, c: {} }, together("a", "b"), together("a", "c"), apart("b", "c")),
  ],
  [
    "on one site, and on different nodes",
    rules(ABC, { ...together("a", "b"), kind: "together", names: ["a", "b"], by: "site" }, apart("a", "b")),
  ],
  [
    "a diamond of starts",
    rules({ ...ABC, d: {} }, after("a", "b"), after("a", "c"), after("b", "d"), after("c", "d")),
  ],
  ["together, and after each other", rules(ABC, together("a", "b"), after("b", "a"))],
  ["one node left for both", rules({ a: { never: ["alpha"] }, b: { never: ["bravo"] } }, together("a", "b"))],
  ["a group of the name of its resource", rules({ a: { resources: ["a", "x"] } })],
];

describe("contradictionsIn", () => {
  it.each(REFUSED)("refuses %s", (_, given, message, places) => {
    const found = contradictionsIn(given);
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toMatch(message);
    expect(found[0]?.places.map(pathText).join(" ")).toBe(places);
  });

  it.each(KEPT)("lets %s be", (_, given) => {
    expect(contradictionsIn(given)).toEqual([]);
  });

  it("names several at once", () => {
    expect(
      contradictionsIn(rules(ABC, after("a", "b"), after("b", "a"), together("a", "c"), apart("a", "c"))),
    ).toHaveLength(2);
  });
});
