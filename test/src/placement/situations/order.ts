// What starts after what.
import type { PlacementConstraint } from "@systole/core/ports";
import type { Situation } from "../situation.js";

const after = (first: string, second: string, score?: number): PlacementConstraint => ({
  kind: "start-after",
  after: first,
  start: second,
  ...(score === undefined ? {} : { score }),
});
const NOWHERE = { never: ["alpha", "bravo", "charlie"] };

export const ORDER: readonly Situation[] = [
  { title: "one starts after another", groups: { a: {}, b: {} }, constraints: [after("a", "b")] },
  {
    title: "a chain of three, on three nodes",
    groups: { a: {}, b: {}, c: {} },
    constraints: [after("a", "b"), after("b", "c")],
  },
  {
    title: "what comes first may run nowhere: the rest does not run",
    groups: { a: NOWHERE, b: {}, c: {} },
    constraints: [after("a", "b"), after("b", "c")],
    runs: ["b alpha", "c bravo"],
  },
  {
    title: "the same, where it only puts in order",
    groups: { a: NOWHERE, b: {} },
    constraints: [after("a", "b", 1)],
  },
  {
    title: "what comes first moves: what follows is restarted",
    nodes: { alpha: "standby", bravo: "online", charlie: "online" },
    groups: { a: {}, b: {} },
    constraints: [after("a", "b")],
    runs: ["a alpha", "b charlie"],
  },
  {
    title: "what comes first failed: what follows is restarted",
    groups: { a: {}, b: {} },
    constraints: [after("a", "b")],
    runs: ["a alpha failed", "b charlie"],
    failures: ["a alpha 1"],
  },
  {
    title: "what only puts in order restarts nothing",
    groups: { a: {}, b: {} },
    constraints: [after("a", "b", 1)],
    runs: ["a alpha failed", "b charlie"],
    failures: ["a alpha 1"],
  },
  {
    title: "what follows moves: what comes first is left alone",
    nodes: { alpha: "online", bravo: "standby", charlie: "online" },
    groups: { a: {}, b: {} },
    constraints: [after("a", "b")],
    runs: ["a alpha", "b bravo"],
  },
  {
    title: "an address after a database, together",
    groups: { db: {}, ip: { prefer: ["bravo"] } },
    constraints: [after("db", "ip"), { kind: "together", names: ["db", "ip"] }],
  },
  {
    title: "what comes first is in maintenance and runs",
    groups: { a: {}, b: {} },
    constraints: [after("a", "b")],
    runs: ["a alpha"],
    maintenance: ["a"],
  },
  {
    title: "what comes first is in maintenance and does not run",
    groups: { a: {}, b: {} },
    constraints: [after("a", "b")],
    maintenance: ["a"],
  },
];
