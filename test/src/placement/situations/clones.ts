// The same group on many nodes, with some of its instances promoted or none.
import type { Situation } from "../situation.js";

const ONCE = { clone: {} };
const DB = { db: { promotable: { promoted: 1 } } };

export const CLONES: readonly Situation[] = [
  { title: "one on each node", groups: { c: ONCE } },
  {
    title: "a node is lost: the others keep theirs",
    nodes: { alpha: "online", bravo: "lost", charlie: "online" },
    groups: { c: ONCE },
    runs: ["c:0 alpha", "c:2 charlie"],
  },
  { title: "a node comes back", groups: { c: ONCE }, runs: ["c:0 alpha", "c:2 charlie"] },
  { title: "two instances on three nodes", groups: { c: { clone: { max: 2 } } } },
  {
    title: "two instances on three nodes, where they are preferred",
    groups: { c: { clone: { max: 2 }, prefer: ["charlie", "bravo"] } },
  },
  {
    title: "two instances stay where they are",
    groups: { c: { clone: { max: 2 } } },
    runs: ["c:0 bravo", "c:1 charlie"],
  },
  { title: "never on one of the nodes", groups: { c: { clone: {}, never: ["bravo"] } } },
  {
    title: "two on each node",
    nodes: { alpha: "online", bravo: "online" },
    groups: { c: { clone: { max: 4, perNode: 2 } } },
  },
  {
    title: "two on each node, one node left",
    nodes: { alpha: "online", bravo: "lost" },
    groups: { c: { clone: { max: 4, perNode: 2 } } },
    runs: ["c:0 alpha", "c:1 alpha"],
  },
  {
    title: "three instances with room for two a node",
    nodes: { alpha: "online", bravo: "online" },
    groups: { c: { clone: { max: 3, perNode: 2 } } },
  },
  {
    title: "an instance failed too often on its node",
    groups: { c: ONCE },
    runs: ["c:0 alpha", "c:1 bravo failed", "c:2 charlie"],
    failures: ["c bravo 3"],
  },
  {
    title: "a group together with a clone",
    groups: { c: { clone: { max: 2 }, prefer: ["bravo", "charlie"] }, web: { prefer: ["alpha"] } },
    constraints: [{ kind: "together", names: ["c", "web"] }],
  },
  {
    title: "a group after a clone, of which one instance is restarted",
    groups: { c: ONCE, web: {} },
    constraints: [{ kind: "start-after", after: "c", start: "web" }],
    runs: ["c:0 alpha", "c:1 bravo failed", "c:2 charlie", "web alpha"],
    failures: ["c bravo 1"],
  },
  {
    title: "a clone after a clone, node by node",
    groups: { c: ONCE, d: { clone: {} } },
    constraints: [{ kind: "start-after", after: "c", start: "d" }],
    runs: ["c:0 alpha", "c:1 bravo failed", "c:2 charlie", "d:0 alpha", "d:1 bravo", "d:2 charlie"],
    failures: ["c bravo 1"],
  },
  { title: "a clone of a group of two", groups: { c: { clone: {}, resources: ["c1", "c2"] } } },
  {
    title: "a node in standby loses its instance",
    nodes: { alpha: "online", bravo: "standby", charlie: "online" },
    groups: { c: ONCE },
    runs: ["c:0 alpha", "c:1 bravo", "c:2 charlie"],
  },
];

export const PROMOTABLE: readonly Situation[] = [
  { title: "nobody is promoted whose agent has not said that it may be", groups: DB },
  {
    title: "the one that its agent calls the best is promoted",
    groups: DB,
    runs: ["db:0 alpha", "db:1 bravo", "db:2 charlie"],
    promotion: ["db alpha 5", "db bravo 10", "db charlie 5"],
  },
  {
    title: "the promoted one stays when all are alike",
    groups: DB,
    runs: ["db:0 alpha", "db:1 bravo promoted", "db:2 charlie"],
    promotion: ["db alpha 10", "db bravo 10", "db charlie 10"],
  },
  {
    title: "another is called better: it is promoted instead",
    groups: DB,
    runs: ["db:0 alpha", "db:1 bravo promoted", "db:2 charlie"],
    promotion: ["db alpha 10", "db bravo 5", "db charlie 5"],
  },
  {
    title: "the node of the promoted one is lost",
    nodes: { alpha: "online", bravo: "lost", charlie: "online" },
    groups: DB,
    runs: ["db:0 alpha", "db:2 charlie"],
    promotion: ["db alpha 5", "db charlie 10"],
  },
  {
    title: "the promoted one's node goes into standby",
    freer: "Pacemaker promotes the other once the first has stopped; Systole once it is demoted.",
    nodes: { alpha: "online", bravo: "standby", charlie: "online" },
    groups: DB,
    runs: ["db:0 alpha", "db:1 bravo promoted", "db:2 charlie"],
    promotion: ["db alpha 5", "db bravo 10", "db charlie 3"],
  },
  {
    title: "two are promoted",
    groups: { db: { promotable: { promoted: 2 } } },
    runs: ["db:0 alpha", "db:1 bravo", "db:2 charlie"],
    promotion: ["db alpha 5", "db bravo 10", "db charlie 7"],
  },
  {
    title: "a preferred node is promoted before others that are as fit",
    groups: { db: { promotable: { promoted: 1 }, prefer: ["charlie"] } },
    runs: ["db:0 alpha", "db:1 bravo", "db:2 charlie"],
    promotion: ["db alpha 10", "db bravo 10", "db charlie 10"],
  },
  {
    title: "an address goes where the database is promoted",
    groups: { db: { promotable: { promoted: 1 } }, ip: {} },
    constraints: [
      { kind: "together", names: ["db", "ip"], role: "promoted" },
      { kind: "start-after", after: "db", start: "ip", role: "promoted" },
    ],
    runs: ["db:0 alpha", "db:1 bravo", "db:2 charlie"],
    promotion: ["db alpha 5", "db bravo 10", "db charlie 5"],
  },
  {
    title: "an address that prefers a node has the database promoted there",
    groups: { db: { promotable: { promoted: 1 } }, ip: { prefer: { alpha: 100 } } },
    constraints: [{ kind: "together", names: ["db", "ip"], role: "promoted" }],
    runs: ["db:0 alpha", "db:1 bravo", "db:2 charlie"],
    promotion: ["db alpha 5", "db bravo 10", "db charlie 5"],
  },
  {
    title: "without a promoted database there is no address",
    groups: { db: { promotable: { promoted: 1 } }, ip: {} },
    constraints: [{ kind: "together", names: ["db", "ip"], role: "promoted" }],
    runs: ["db:0 alpha", "db:1 bravo", "db:2 charlie", "ip alpha"],
  },
  {
    title: "the promoted one failed once: it is restarted",
    groups: DB,
    runs: ["db:0 alpha", "db:1 bravo promoted failed", "db:2 charlie"],
    failures: ["db bravo 1"],
    promotion: ["db alpha 5", "db bravo 10", "db charlie 5"],
  },
];
