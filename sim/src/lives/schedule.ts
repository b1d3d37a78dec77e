// A schedule of misfortunes, drawn from a seed: each life has a few kinds of them only, so that lives are unlike each other.
import type { AgentTrouble } from "../deeds.js";
import { FAIR, type Weather } from "../network.js";
import type { SwitchBehaviour } from "../power.js";
import type { Random } from "../random.js";
import type { Fault, Misfortune } from "./fault.js";
import type { Scene } from "./scene.js";

const FEWEST = 8;
const MOST = 40;
/** Share of all kinds that a life knows. */
const SHARE = 0.5;
const SWITCHES: readonly SwitchBehaviour[] = ["works", "fails", "hangs", "late", "caught"];
const BROKEN: AgentTrouble = { ok: false, kind: "error", reason: "it is broken" };

export function randomSchedule(random: Random, scene: Scene): readonly Misfortune[] {
  const all = makers(random, scene);
  const known = all.filter(() => random.chance(SHARE));
  const menu = known.length === 0 ? all : known;
  return Array.from({ length: FEWEST + random.below(MOST - FEWEST + 1) }, () => ({
    afterMs: Math.round(random.next() * (random.chance(0.2) ? 6 : 2) * scene.deadMs),
    fault: random.pick(menu)(),
  }));
}

type Maker = () => Fault;

function makers(random: Random, scene: Scene): readonly Maker[] {
  const node = (): string => random.pick(scene.nodes);
  const pair = (): readonly [string, string] => {
    const left = node();
    const others = ends(scene).filter((name) => name !== left);
    return [left, others.length === 0 ? left : random.pick(others)];
  };
  return [
    ...networkMakers(random, scene, node, pair),
    ...nodeMakers(random, scene, node),
    ...serviceMakers(random, scene, node),
    ...operatorMakers(random, node),
    ...aroundMakers(random, scene, node),
  ];
}

/** Nodes, and what else a cut may end at. */
function ends({ nodes, around, ends: others }: Scene): readonly string[] {
  if (others !== undefined) return [...nodes, ...others];
  if (around === "ping") return [...nodes, "gateway"];
  return around === "witness" ? [...nodes, "witness"] : nodes;
}

function networkMakers(
  random: Random,
  scene: Scene,
  node: () => string,
  pair: () => readonly [string, string],
): readonly Maker[] {
  const cut = (): Fault => {
    const [left, right] = pair();
    const medium = scene.media.length > 1 && random.chance(0.5) ? { medium: random.pick(scene.media) } : {};
    return { kind: "cut", left, right, ...medium };
  };
  const half = (): Fault => {
    const [one, other] = pair();
    return random.chance(0.5)
      ? { kind: "half-cut", from: one, to: other }
      : { kind: "half-cut", from: other, to: one };
  };
  return [
    cut,
    half,
    () => ({ kind: "isolate", node: node() }),
    () => ({ kind: "mend" }),
    () => ({ kind: "mend" }),
    () => ({ kind: "weather", weather: randomWeather(random) }),
    () => ({ kind: "weather", weather: FAIR }),
    () => ({ kind: "forge", node: node() }),
  ];
}

function randomWeather(random: Random): Weather {
  const share = (most: number): number => (random.chance(0.5) ? 0 : random.next() * most);
  return {
    loss: share(0.4),
    duplicates: share(0.5),
    corruption: share(0.2),
    replays: share(0.5),
    lateShare: share(0.3),
    lateMs: random.between(1, 400),
  };
}

function nodeMakers(random: Random, { deadMs }: Scene, node: () => string): readonly Maker[] {
  return [
    () => ({ kind: "kill", node: node() }),
    () => ({ kind: "power-off", node: node() }),
    () => ({ kind: "start", node: node() }),
    () => ({ kind: "start", node: node() }),
    () => ({ kind: "freeze", node: node() }),
    () => ({ kind: "hang", node: node() }),
    () => ({ kind: "thaw", node: node() }),
    () => ({ kind: "thaw", node: node() }),
    () => ({ kind: "slow", node: node(), slowMs: random.pick([0, 0, 5, 50, deadMs / 4]) }),
    () => ({ kind: "drift", node: node(), rate: random.pick([1, 0.99, 1.01, 1.0005]) }),
    () => ({ kind: "set-clock", node: node(), byMs: random.pick([-3_600_000, 3_600_000, 1000]) }),
    () => ({ kind: random.pick(["lose-disk", "tear-disk"]), node: node() }),
    () => ({ kind: "reload", node: node() }),
  ];
}

function serviceMakers(random: Random, { groups }: Scene, node: () => string): readonly Maker[] {
  const resource = (): string => random.pick(groups.flatMap(({ resources }) => resources)).name;
  const trouble = (): Fault => {
    const action = random.pick(["start", "stop", "status"] as const);
    // A start that lies and a status that has never said "running" are an agent without a status: nobody watches it.
    const lies: readonly AgentTrouble[] = action === "status" ? [{ kind: "lies" }] : [];
    return {
      kind: "agent",
      node: node(),
      resource: resource(),
      action,
      trouble: random.pick([BROKEN, { kind: "hangs" }, ...lies]),
    };
  };
  return [
    () => ({ kind: "crash", node: node(), resource: resource() }),
    trouble,
    () => ({ kind: "agents-well" }),
  ];
}

function operatorMakers(random: Random, node: () => string): readonly Maker[] {
  const set = (): "all" | "local" | "foreign" => random.pick(["all", "local", "foreign"]);
  return [
    () => ({ kind: "standby", node: node(), set: set() }),
    () => ({ kind: "takeover", node: node(), set: set() }),
    () => ({ kind: "stop", node: node() }),
    () => ({ kind: "cleanup", node: node() }),
  ];
}

function aroundMakers(random: Random, { around }: Scene, node: () => string): readonly Maker[] {
  if (around === "witness")
    return [
      () => ({ kind: "witness", does: "go" }),
      () => ({ kind: "witness", does: "return" }),
      () => ({ kind: "witness", does: "forget" }),
    ];
  if (around !== "fencing") return [];
  return [
    () => ({ kind: "switch", node: node(), behaviour: random.pick(SWITCHES) }),
    () => ({ kind: "switch", node: node(), behaviour: "works" }),
    () => ({ kind: "fence", by: node(), node: node() }),
    () => ({ kind: "confirm", by: node(), node: node() }),
  ];
}
