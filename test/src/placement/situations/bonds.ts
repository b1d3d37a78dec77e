// Together and apart.
import type { PlacementConstraint } from "@systole/core/ports";
import type { Situation } from "../situation.js";

const together = (first: string, second: string, score?: number): PlacementConstraint => ({
  kind: "together",
  names: [first, second],
  ...(score === undefined ? {} : { score }),
});
const apart = (first: string, second: string, score?: number): PlacementConstraint => ({
  kind: "apart",
  names: [first, second],
  ...(score === undefined ? {} : { score }),
});

export const TOGETHER: readonly Situation[] = [
  {
    title: "the second goes where the first is preferred",
    groups: { a: { prefer: ["bravo"] }, b: {} },
    constraints: [together("a", "b")],
  },
  {
    title: "the first listens to the second",
    groups: { a: {}, b: { prefer: ["charlie"] } },
    constraints: [together("a", "b")],
  },
  {
    title: "the first listens to the second, whose name comes before",
    groups: { b: {}, a: { prefer: ["charlie"] } },
    constraints: [together("b", "a")],
  },
  {
    title: "the preference of the first against that of the second",
    groups: { a: { prefer: { alpha: 100 } }, b: { prefer: { bravo: 150 } } },
    constraints: [together("a", "b")],
  },
  {
    title: "the second may never run where the first prefers",
    groups: { a: { prefer: ["alpha"] }, b: { never: ["alpha"] } },
    constraints: [together("a", "b")],
  },
  {
    title: "the second may run nowhere: the first runs",
    groups: { a: {}, b: { never: ["alpha", "bravo", "charlie"] } },
    constraints: [together("a", "b")],
  },
  {
    title: "the first may run nowhere: the second does not run",
    groups: { a: { never: ["alpha", "bravo", "charlie"] }, b: {} },
    constraints: [together("a", "b")],
  },
  {
    title: "the same, where together has a score",
    groups: { a: { never: ["alpha", "bravo", "charlie"] }, b: {} },
    constraints: [together("a", "b", 500)],
  },
  {
    title: "a chain of three",
    groups: { a: {}, b: {}, c: { prefer: ["bravo"] } },
    constraints: [together("a", "b"), together("b", "c")],
  },
  {
    title: "two bound to one",
    groups: { a: {}, b: { prefer: { bravo: 60 } }, c: { prefer: { charlie: 50 } } },
    constraints: [together("a", "b"), together("a", "c")],
  },
  {
    title: "together with a score against a stronger preference",
    groups: { a: { prefer: ["alpha"] }, b: { prefer: { bravo: 300 } } },
    constraints: [together("a", "b", 200)],
  },
  {
    title: "together with a score against a weaker preference",
    groups: { a: { prefer: ["alpha"] }, b: { prefer: { bravo: 100 } } },
    constraints: [together("a", "b", 200)],
  },
  {
    title: "the second fails too often: the first moves with it",
    groups: { a: {}, b: {} },
    constraints: [together("a", "b")],
    runs: ["a alpha", "b alpha failed"],
    failures: ["b alpha 3"],
  },
  {
    title: "both move when their node goes into standby",
    nodes: { alpha: "standby", bravo: "online", charlie: "online" },
    groups: { a: {}, b: {} },
    constraints: [together("a", "b")],
    runs: ["a alpha", "b alpha"],
  },
  {
    title: "the node of both is lost",
    nodes: { alpha: "lost", bravo: "online", charlie: "online" },
    groups: { a: { prefer: ["alpha", "bravo"] }, b: {} },
    constraints: [together("a", "b")],
  },
  {
    title: "together by an attribute",
    nodes: { alpha: "online", bravo: "online", charlie: "online", delta: "online" },
    attributes: { alpha: { rack: "1" }, bravo: { rack: "1" }, charlie: { rack: "2" }, delta: { rack: "2" } },
    groups: { a: { prefer: ["charlie"] }, b: {} },
    constraints: [{ kind: "together", names: ["a", "b"], by: "rack" }],
  },
];

export const APART: readonly Situation[] = [
  {
    title: "apart: both prefer the same node",
    groups: { a: { prefer: ["alpha"] }, b: { prefer: ["alpha", "charlie"] } },
    constraints: [apart("a", "b")],
  },
  {
    title: "apart on one node: the first runs",
    nodes: { alpha: "online", bravo: "lost" },
    groups: { a: {}, b: {} },
    constraints: [apart("a", "b")],
  },
  {
    title: "apart with a score on one node: both run",
    nodes: { alpha: "online", bravo: "lost" },
    groups: { a: {}, b: {} },
    constraints: [apart("a", "b", 100)],
  },
  {
    title: "apart with a score, and a preference that is more",
    groups: { a: { prefer: ["alpha"] }, b: { prefer: { alpha: 300 } } },
    constraints: [apart("a", "b", 200)],
  },
  {
    title: "apart with a score, and a preference that is less",
    groups: { a: { prefer: ["alpha"] }, b: { prefer: { alpha: 100 } } },
    constraints: [apart("a", "b", 200)],
  },
  {
    title: "the node of the second is lost: it goes where the first is not",
    nodes: { alpha: "online", bravo: "lost", charlie: "online" },
    groups: { a: {}, b: { prefer: ["bravo"] } },
    constraints: [apart("a", "b")],
    runs: ["a alpha"],
  },
  {
    title: "two nodes, one lost: the second of both is stopped for the first",
    nodes: { alpha: "lost", bravo: "online" },
    groups: { a: {}, b: {} },
    constraints: [apart("a", "b")],
    runs: ["b bravo"],
  },
  {
    title: "three that are apart from each other, on two nodes",
    nodes: { alpha: "online", bravo: "online" },
    groups: { a: {}, b: {}, c: {} },
    constraints: [apart("a", "b"), apart("a", "c"), apart("b", "c")],
  },
  {
    title: "apart by an attribute",
    nodes: { alpha: "online", bravo: "online", charlie: "online" },
    attributes: { alpha: { rack: "1" }, bravo: { rack: "1" }, charlie: { rack: "2" } },
    groups: { a: { prefer: ["alpha"] }, b: { prefer: ["bravo"] } },
    constraints: [{ kind: "apart", names: ["a", "b"], by: "rack" }],
  },
  {
    title: "together with one, apart from another",
    groups: { a: { prefer: ["alpha"] }, b: {}, c: { prefer: ["alpha"] } },
    constraints: [together("a", "b"), apart("b", "c")],
  },
];
