// Lives that are special: one in so many has settings that other lives do not have, and is befallen by what does not befall them. What is
// special is drawn aside and laid over a life as it was drawn, so that all other lives stay what they are.
import type { GroupSpec, OnFail, OperationResult, RecoveryRules } from "@systole/core/ports";
import type { Random } from "../random.js";
import type { Fault, Misfortune } from "./fault.js";
import type { LifeInit } from "./life.js";
import { NEIGHBOURS } from "./neighbour.js";
import type { Scene, Surroundings } from "./scene.js";

/**
 * `compression`: messages above 200 bytes as a whole (traditional_compression). `inner-signatures`: msgfmt classic. `serial`: a serial
 * line besides, which carries lines of text. `small-frames`: no medium carries more than 1200 bytes. `warm`: agents make what may come
 * quick to start. `few-attempts`: of a fence, before a person is needed. `isolation-fence` and `isolation-release`: other than usual there.
 * `majority-too`: asked besides the witness. `copied-disk`: the first two nodes have one uuid. `ping-group`: the ping node is one.
 * `ipfail`: groups go to who reaches more ping nodes.
 */
export const SPECIALITIES = [
  "compression",
  "inner-signatures",
  "serial",
  "small-frames",
  "warm",
  "few-attempts",
  "isolation-fence",
  "isolation-release",
  "majority-too",
  "copied-disk",
  "ping-group",
  "ipfail",
] as const;

export type Speciality = (typeof SPECIALITIES)[number];

/** Where it makes sense. Absent: everywhere. */
const ONLY: Readonly<Partial<Record<Speciality, readonly Surroundings[]>>> = {
  "few-attempts": ["fencing"],
  "isolation-fence": ["fencing"],
  "isolation-release": ["nothing", "fencing"],
  "majority-too": ["witness"],
  "ping-group": ["ping"],
  ipfail: ["ping"],
};

/** Of all specialities that fit. */
const SHARE = 0.35;
const FEWEST = 6;
const MOST = 16;

/** After the first one of a pair. */
const PAIR_MS = 5;
const BROKEN: OperationResult = { ok: false, kind: "error", reason: "it is broken" };
const LIMPS: OperationResult = { ok: true, state: "failed" };

/** The same life in a special scene, with more in its schedule. */
export function madeSpecial(life: LifeInit, random: Random): LifeInit {
  const scene = specialScene(life.scene, random);
  return { ...life, scene, schedule: specialSchedule(life.schedule, scene, random) };
}

function specialScene(scene: Scene, random: Random): Scene {
  const fitting = SPECIALITIES.filter((one) => ONLY[one]?.includes(scene.around) !== false);
  const chosen = fitting.filter(() => random.chance(SHARE));
  // Both would be said of the same thing.
  const special = chosen.includes("isolation-fence")
    ? chosen.filter((one) => one !== "isolation-release")
    : chosen;
  return { ...scene, special, groups: scene.groups.map((group) => withRules(group, scene.around, random)) };
}

function withRules(group: GroupSpec, around: Surroundings, random: Random): GroupSpec {
  const ends: readonly OnFail[] = ["restart", "move", "stop", "ignore"];
  const rules: Partial<RecoveryRules> = {
    onFail: random.pick(around === "fencing" ? [...ends, "fence"] : ends),
    migrationThreshold: random.pick([0, 1, 3]),
    failureTimeoutMs: random.pick([0, 2000, 10_000]),
  };
  const [first] = group.resources;
  const second = first === undefined || random.chance(0.6) ? [] : [{ ...first, name: `${first.name}-too` }];
  const resources = [...group.resources, ...second].map((member) => ({
    ...member,
    rules: { ...member.rules, ...rules },
  }));
  return { ...group, resources };
}

/** The same, and between its misfortunes some of those that only befall special lives. */
function specialSchedule(
  schedule: readonly Misfortune[],
  scene: Scene,
  random: Random,
): readonly Misfortune[] {
  const mixed = [...schedule];
  for (let left = FEWEST + random.below(MOST - FEWEST + 1); left > 0; left -= 1) {
    const afterMs = Math.round(random.next() * scene.deadMs);
    const [first, ...next] = random.chance(0.2) ? pair(scene, random) : [rareFault(scene, random)];
    const following = next.map((fault) => ({ afterMs: PAIR_MS, fault }));
    mixed.splice(random.below(mixed.length + 1), 0, { afterMs, fault: first }, ...following);
  }
  return mixed;
}

/** What hardly ever comes together by chance. */
function pair(scene: Scene, random: Random): readonly [Fault, Fault] {
  const node = random.pick(scene.nodes);
  const resource = random.pick(scene.groups.flatMap(({ resources }) => resources)).name;
  const action = "start";
  const pairs: readonly (() => readonly [Fault, Fault])[] = [
    () => [
      { kind: "agent", node, resource, action, trouble: BROKEN },
      { kind: "crash", node, resource },
    ],
    () => [
      { kind: "agent", node, resource, action, trouble: BROKEN },
      { kind: "takeover", node, set: "all" },
    ],
    () => [
      { kind: "stop", node },
      { kind: "fence", by: node, node: random.pick(scene.nodes) },
    ],
    () => [
      { kind: "start", node },
      { kind: "say", node, bytes: 30 },
    ],
  ];
  return random.pick(pairs)();
}

function rareFault(scene: Scene, random: Random): Fault {
  const { nodes, media } = scene;
  const node = random.pick(nodes);
  const of = random.pick(nodes);
  const members = scene.groups.flatMap(({ resources }) => resources);
  const addresses = members.filter(({ tellsElsewhere }) => tellsElsewhere).map(({ name }) => name);
  const makers: readonly (() => Fault)[] = [
    () => ({ kind: "resume", node }),
    () => ({ kind: "neighbour", node, who: random.pick(NEIGHBOURS) }),
    () => ({ kind: "observe", node, stolenMs: random.pick([0, 5000]), cpuPressure: random.pick([0, 0.9]) }),
    () => ({ kind: "observe", node, suspendedMs: random.pick([100, 2 * scene.deadMs]) }),
    () => ({
      kind: "say",
      node,
      bytes: random.pick([30, 600, 3000, 100_000]),
      ...(random.chance(0.5) && { to: of }),
    }),
    () => ({ kind: "hint", node, of: random.pick([...nodes, "zulu"]), medium: random.pick(media) }),
    () => ({
      kind: "add",
      node,
      name: random.pick([of, scene.around === "ping" ? "gateway" : of, "Not.A-Name-"]),
    }),
    () => ({ kind: "weigh", node, of: random.pick([of, "zulu"]), weight: random.pick([0, 50, -1]) }),
    () => ({ kind: "place", node, of: random.pick([of, "zulu"]), site: random.pick(["north", "south"]) }),
    () => ({ kind: "clean", node, name: random.pick(["web", "nginx", "mail", "nothing"]) }),
    () => ({ kind: "squat", resource: random.pick(addresses) }),
    () => ({ kind: "go", resource: random.pick(addresses) }),
    () => ({ kind: "agent", node, resource: "nginx", action: "status", trouble: LIMPS }),
    () => ({ kind: "agent", node, resource: "nginx", action: "warm", trouble: BROKEN }),
    () => ({ kind: "restart", node, name: random.pick(["web", "nginx", "mail", "nothing"]) }),
    () => ({
      kind: "move",
      node,
      group: random.pick(["web", "nginx", "mail", "nothing"]),
      ...(random.chance(0.6) && { to: of }),
    }),
    () => ({ kind: "fence", by: node, node: random.pick([of, "gateway"]) }),
    () => ({ kind: "takeover", node, set: "all" }),
  ];
  return random.pick(makers)();
}
