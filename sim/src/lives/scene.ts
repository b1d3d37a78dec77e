// In what kind of cluster a life is lived: plain data, so that it can be printed, and made smaller.
import type { Failback, GroupSpec } from "@systole/core/ports";
import type { Random } from "../random.js";
import type { Speciality } from "./special.js";

/** What is around the nodes, and with that what is promised of them (docs/safety.md). */
export type Surroundings = "nothing" | "ping" | "fencing" | "witness" | "majority";

export interface Scene {
  readonly around: Surroundings;
  readonly nodes: readonly string[];
  readonly groups: readonly GroupSpec[];
  readonly failback: Failback;
  readonly keepaliveMs: number;
  readonly deadMs: number;
  readonly media: readonly string[];
  readonly operationMs: number;
  /** What lives have that are special. Absent: nothing. */
  readonly special?: readonly Speciality[];
  /** Nodes that run heartbeat 3.0.6. Absent: none. */
  readonly heartbeats?: readonly string[];
  /** What else than nodes a cut may end at. Absent: as `around` has it. */
  readonly ends?: readonly string[];
  /** So much longer than deadtimes have it may peace take: for pauses of a configuration that are longer. Absent: no longer. */
  readonly patienceMs?: number;
}

const NAMES = ["alpha", "bravo", "charlie", "delta", "echo"] as const;
const AROUND: readonly Surroundings[] = ["nothing", "ping", "fencing", "witness", "majority"];
/** Keepalive and deadtime. */
const PACES = [
  [200, 1000],
  [500, 2500],
  [1000, 5000],
  [100, 1000],
] as const;

/** `nodes`: how many; absent: two, three or five. */
export function randomScene(random: Random, count: number = random.pick([2, 2, 3, 3, 5])): Scene {
  const around = random.pick(AROUND);
  const [keepaliveMs, deadMs] = random.pick(PACES);
  const nodes = NAMES.slice(0, around === "majority" ? Math.max(3, count) : count);
  return {
    around,
    nodes,
    groups: groupsOf(random, nodes),
    failback: random.pick(["on", "off"]),
    keepaliveMs,
    deadMs,
    media: random.chance(0.3) ? ["eth0", "eth1"] : ["eth0"],
    operationMs: random.pick([10, 10, 100]),
  };
}

function groupsOf(random: Random, nodes: readonly string[]): readonly GroupSpec[] {
  const rules = { monitorEveryMs: random.pick([1000, 3000]), failureTimeoutMs: 10_000 };
  const web: GroupSpec = {
    key: "web",
    home: nodes[0] ?? "",
    resources: [
      { name: "web", agent: "ipaddr", rules, tellsElsewhere: true },
      { name: "nginx", agent: "nginx", rules },
    ],
  };
  const mail: GroupSpec = {
    key: "mail",
    home: nodes[1] ?? "",
    resources: [{ name: "mail", agent: "ipaddr", rules, tellsElsewhere: true }],
  };
  return random.chance(0.7) ? [web, mail] : [web];
}

/** The same with one node less, the last one; undefined: there are two. */
export function smallerScene(scene: Scene): Scene | undefined {
  if (scene.nodes.length <= (scene.around === "majority" ? 3 : 2)) return undefined;
  const nodes = scene.nodes.slice(0, -1);
  return { ...scene, nodes };
}
