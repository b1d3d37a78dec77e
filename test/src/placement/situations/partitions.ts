// Nodes that are not heard: fencing, and the side of a divided cluster without quorum.
import type { Situation } from "../situation.js";

const SILENT = { alpha: "online", bravo: "unclean", charlie: "online" } as const;
const FREER = "Pacemaker starts each group after both fences; Systole after that of the node where it was.";
const HALF = { alpha: "online", bravo: "unclean", charlie: "unclean" } as const;

export const FENCING: readonly Situation[] = [
  {
    title: "a silent node is fenced, and what it ran starts elsewhere",
    nodes: SILENT,
    groups: { a: {}, b: {} },
    runs: ["a bravo", "b alpha"],
  },
  {
    title: "a silent node that ran nothing is fenced too",
    nodes: SILENT,
    groups: { a: {} },
    runs: ["a alpha"],
  },
  {
    title: "two silent nodes",
    freer: FREER,
    nodes: { alpha: "online", bravo: "unclean", charlie: "unclean", delta: "online", echo: "online" },
    groups: { a: {}, b: {}, c: {} },
    runs: ["a bravo", "b charlie", "c delta"],
  },
  {
    title: "what was together on a silent node stays together",
    nodes: SILENT,
    groups: { a: {}, b: {} },
    constraints: [
      { kind: "together", names: ["a", "b"] },
      { kind: "start-after", after: "a", start: "b" },
    ],
    runs: ["a bravo", "b bravo"],
  },
  {
    title: "a promoted one was on a silent node",
    nodes: SILENT,
    groups: { db: { promotable: { promoted: 1 } } },
    runs: ["db:0 alpha", "db:1 bravo promoted", "db:2 charlie"],
    promotion: ["db alpha 5", "db bravo 10", "db charlie 7"],
  },
  {
    title: "an instance of a clone was on a silent node",
    nodes: SILENT,
    groups: { c: { clone: { max: 2 } } },
    runs: ["c:0 alpha", "c:1 bravo"],
  },
  {
    title: "a group in maintenance was on a silent node",
    nodes: SILENT,
    groups: { a: {} },
    runs: ["a bravo"],
    maintenance: ["a"],
  },
];

export const QUORUM: readonly Situation[] = [
  {
    title: "no quorum: everything is stopped, and nobody fenced",
    nodes: HALF,
    quorum: false,
    groups: { a: {}, b: {} },
    runs: ["a alpha", "b bravo"],
  },
  {
    title: "no quorum, freeze: what runs here goes on, nothing else starts",
    nodes: HALF,
    quorum: false,
    noQuorum: "freeze",
    groups: { a: {}, b: {}, c: {} },
    runs: ["a alpha", "b bravo"],
  },
  {
    title: "no quorum, freeze: what failed is restarted",
    nodes: HALF,
    quorum: false,
    noQuorum: "freeze",
    groups: { a: {} },
    runs: ["a alpha failed"],
    failures: ["a alpha 1"],
  },
  {
    title: "no quorum, freeze: nobody is promoted",
    nodes: HALF,
    quorum: false,
    noQuorum: "freeze",
    groups: { db: { promotable: { promoted: 1 } } },
    runs: ["db:0 alpha", "db:1 bravo promoted"],
    promotion: ["db alpha 5", "db bravo 10"],
  },
  {
    title: "no quorum, freeze: a node in standby gives up to another",
    nodes: { alpha: "standby", bravo: "online", charlie: "unclean", delta: "unclean" },
    quorum: false,
    noQuorum: "freeze",
    groups: { a: {} },
    runs: ["a alpha"],
  },
  {
    title: "no quorum, ignore: as with quorum",
    freer: FREER,
    nodes: HALF,
    quorum: false,
    noQuorum: "ignore",
    groups: { a: {}, b: {} },
    runs: ["a alpha", "b bravo"],
  },
  {
    title: "no quorum, in maintenance: it is left alone",
    nodes: HALF,
    quorum: false,
    groups: { a: {}, b: {} },
    runs: ["a alpha", "b alpha"],
    maintenance: ["a"],
  },
];
