// Where a single group goes: preferences, bans, moves, balance, stickiness.
import type { Situation } from "../situation.js";

export const LOCATION: readonly Situation[] = [
  { title: "no preference: three groups on three nodes", groups: { a: {}, b: {}, c: {} } },
  {
    title: "no preference: five groups on two nodes",
    nodes: { alpha: "online", bravo: "online" },
    groups: { a: {}, b: {}, c: {}, d: {}, e: {} },
  },
  {
    title: "a group of three counts as three",
    groups: { a: { resources: ["a1", "a2", "a3"] }, b: {}, c: {}, d: {}, e: {} },
  },
  { title: "preferred nodes in order", groups: { web: { prefer: ["bravo", "alpha"] } } },
  {
    title: "the first of the order is not there",
    nodes: { alpha: "online", bravo: "lost", charlie: "online" },
    groups: { web: { prefer: ["bravo", "charlie", "alpha"] } },
  },
  { title: "preferred nodes by score", groups: { web: { prefer: { alpha: 10, charlie: 50 } } } },
  {
    title: "a node of negative score when no other is left",
    nodes: { alpha: "lost", bravo: "lost", charlie: "online" },
    groups: { web: { prefer: { charlie: -10 } } },
  },
  { title: "a node that is never", groups: { web: { never: ["alpha", "bravo"] } } },
  {
    title: "never everywhere that is there",
    nodes: { alpha: "online", bravo: "online", charlie: "lost" },
    groups: { web: { never: ["alpha", "bravo"] } },
  },
  {
    title: "an operator has banned it from the preferred node",
    groups: { web: { prefer: ["alpha", "bravo"] } },
    bans: ["web alpha"],
    runs: ["web alpha"],
  },
  {
    title: "an operator moves it",
    groups: { web: { prefer: ["alpha", "bravo"] } },
    moves: ["web charlie"],
    runs: ["web alpha"],
  },
  {
    title: "an operator moves it to a node that it never runs on",
    groups: { web: { prefer: ["alpha"], never: ["charlie"] } },
    moves: ["web charlie"],
    runs: ["web alpha"],
  },
  {
    title: "an operator moves it although its failback is manual",
    groups: { web: { failback: "manual" } },
    moves: ["web charlie"],
    runs: ["web alpha"],
  },
];

export const STICKINESS: readonly Situation[] = [
  {
    title: "it stays although another node is empty",
    groups: { a: {}, b: {} },
    runs: ["a alpha", "b alpha"],
  },
  {
    title: "without stickiness it is balanced again",
    groups: { a: { stickiness: 0 }, b: { stickiness: 0 } },
    runs: ["a alpha", "b alpha"],
  },
  {
    title: "without stickiness, and balanced: it stays",
    groups: { a: { stickiness: 0 }, b: { stickiness: 0 } },
    runs: ["a charlie", "b bravo"],
  },
  {
    title: "stickiness is less than the preference",
    groups: { web: { prefer: ["alpha"], stickiness: 50 } },
    runs: ["web bravo"],
  },
  {
    title: "stickiness is more than the preference",
    groups: { web: { prefer: ["alpha"], stickiness: 150 } },
    runs: ["web bravo"],
  },
  {
    title: "stickiness equals the preference",
    groups: { web: { prefer: ["alpha"], stickiness: 100 } },
    runs: ["web bravo"],
  },
  {
    title: "stickiness counts for each resource of a group",
    groups: { web: { resources: ["w1", "w2", "w3"], prefer: ["alpha"], stickiness: 50 } },
    runs: ["web bravo"],
  },
  {
    title: "manual failback: it stays",
    groups: { web: { prefer: ["alpha"], failback: "manual" } },
    runs: ["web bravo"],
  },
  {
    title: "manual failback: it leaves a node that fails",
    groups: { web: { prefer: ["alpha"], failback: "manual" } },
    runs: ["web bravo failed"],
    failures: ["web bravo 3"],
  },
];
