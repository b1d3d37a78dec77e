// What failures, standby and maintenance do to where a group runs.
import type { Situation } from "../situation.js";

const WEB = { web: { prefer: ["alpha", "bravo"] } };

export const FAILURES: readonly Situation[] = [
  {
    title: "it failed once: it is restarted where it is",
    groups: WEB,
    runs: ["web alpha failed"],
    failures: ["web alpha 1"],
  },
  {
    title: "it failed as often as the threshold allows",
    groups: WEB,
    runs: ["web alpha failed"],
    failures: ["web alpha 3"],
  },
  {
    title: "one fewer than the threshold",
    groups: WEB,
    runs: ["web alpha failed"],
    failures: ["web alpha 2"],
  },
  {
    title: "a failure that has expired",
    groups: { web: { prefer: ["alpha", "bravo"], rules: { failureTimeoutMs: 60_000 } } },
    runs: ["web bravo"],
    failures: ["web alpha 3 120s"],
  },
  {
    title: "a threshold of 0: it never goes for that reason",
    groups: { web: { rules: { migrationThreshold: 0 } } },
    runs: ["web alpha failed"],
    failures: ["web alpha 7"],
  },
  { title: "a start that failed", groups: WEB, failures: ["web alpha 1 start"] },
  {
    title: "it failed too often on two of three",
    groups: WEB,
    runs: ["web bravo failed"],
    failures: ["web alpha 3", "web bravo 3"],
  },
  {
    title: "it failed too often on every node",
    groups: WEB,
    runs: ["web charlie failed"],
    failures: ["web alpha 3", "web bravo 3", "web charlie 3"],
    differs:
      "A service that fails now and then is better than none: Systole restarts it where it is, after growing pauses.",
  },
  {
    title: "the second resource of a group fails too often",
    groups: { web: { resources: ["address", "nginx"], prefer: ["alpha", "bravo"] } },
    runs: ["web alpha failed"],
    failures: ["nginx alpha 3"],
  },
  {
    title: "the second resource of a group fails too often on every node",
    nodes: { alpha: "online", bravo: "online" },
    groups: { web: { resources: ["address", "nginx"] } },
    runs: ["web alpha failed"],
    failures: ["nginx alpha 3", "nginx bravo 3"],
    differs:
      "Pacemaker leaves the first resource alone on the node; to Systole a group runs whole, and is restarted where it is.",
  },
  {
    title: "on-fail stop",
    groups: { web: { rules: { onFail: "stop" } } },
    runs: ["web alpha failed"],
    failures: ["web alpha 1"],
  },
  {
    title: "on-fail ignore",
    groups: { web: { rules: { onFail: "ignore" } } },
    runs: ["web alpha"],
    failures: ["web alpha 5"],
    differs: "Pacemaker counts an ignored failure against the threshold; Systole does not.",
  },
  {
    title: "on-fail move: the first failure is enough",
    groups: { web: { rules: { onFail: "move" } } },
    runs: ["web alpha failed"],
    failures: ["web alpha 1"],
  },
  {
    title: "a group that cannot be stopped, without fence devices",
    groups: WEB,
    runs: ["web bravo stuck"],
    fencing: false,
  },
  {
    title: "a group that runs twice",
    groups: { web: {} },
    runs: ["web alpha", "web bravo"],
    differs: "Pacemaker stops both and starts one; Systole stops one and lets the other serve.",
  },
];

export const STANDBY: readonly Situation[] = [
  {
    title: "a node in standby gives up what it runs",
    nodes: { alpha: "standby", bravo: "online" },
    groups: { a: {}, b: {} },
    runs: ["a alpha", "b bravo"],
  },
  {
    title: "a node comes back from standby: what is preferred there returns",
    groups: WEB,
    runs: ["web bravo"],
  },
  {
    title: "every node in standby",
    nodes: { alpha: "standby", bravo: "standby" },
    groups: WEB,
    runs: ["web alpha"],
  },
  {
    title: "a node in maintenance keeps what it runs",
    nodes: { alpha: "maintenance", bravo: "online" },
    groups: { a: {}, b: {} },
    runs: ["a alpha"],
  },
  {
    title: "nothing new starts on a node in maintenance",
    nodes: { alpha: "maintenance", bravo: "online" },
    groups: WEB,
  },
  {
    title: "a group in maintenance is left where it is",
    nodes: { alpha: "online", bravo: "online" },
    groups: { web: { prefer: ["bravo"] }, db: {} },
    runs: ["web alpha"],
    maintenance: ["web"],
  },
  { title: "a group in maintenance that does not run is not started", groups: WEB, maintenance: ["web"] },
  {
    title: "a failure in maintenance is left alone",
    groups: WEB,
    runs: ["web alpha failed"],
    failures: ["web alpha 3"],
    maintenance: ["web"],
  },
  {
    title: "the whole cluster in maintenance",
    nodes: { alpha: "standby", bravo: "online", charlie: "online" },
    groups: { a: {}, b: { prefer: ["charlie"] }, c: {} },
    runs: ["a alpha", "b bravo"],
    maintenance: "cluster",
  },
  {
    title: "who is bound to a group in maintenance goes where that is",
    groups: { a: {}, b: { prefer: ["bravo"] } },
    constraints: [{ kind: "together", names: ["a", "b"] }],
    runs: ["a charlie"],
    maintenance: ["a"],
  },
];
