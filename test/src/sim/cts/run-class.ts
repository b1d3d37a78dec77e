// One class on one cluster that a seed decides, and the audits: what was looked at all the while, and whether all is well at the end.
import { allChecks, clusterOf, Complaints, endFaults, Random, unrest, type Scene } from "@systole/sim";
import { AUTHENTICATOR } from "../simulated-cluster.js";
import type { SimClass } from "./sim-class.js";
import { SimCts } from "./sim-cts.js";

/** The more nodes, the longer it takes. */
const SIZES = [2, 3, 2, 3, 5];
const NAMES = ["alpha", "bravo", "charlie", "delta", "echo"];

export interface ClassRun {
  readonly scene: Scene;
  /** Everything that was wrong; empty: the class passes. */
  readonly wrong: readonly string[];
  readonly simulatedMs: number;
}

export function runClass(cls: SimClass, seed: number): ClassRun {
  const random = new Random(seed);
  const scene = sceneOf(cls, random, SIZES[seed % SIZES.length] ?? 2);
  const { cluster, witness } =
    cls.stage?.(scene, random.seed()) ?? clusterOf(scene, random.seed(), AUTHENTICATOR);
  const complaints = new Complaints();
  cluster.observers.push(...allChecks(cluster, scene.around, complaints));
  const cts = new SimCts(cluster, scene);
  const wrong: string[] = [];
  try {
    cts.start(...scene.nodes);
    cts.rest();
    // Until every resource has been looked at.
    cts.pause(20);
    cls.perform(cts, random);
    endFaults(cluster, witness);
    cts.start(...scene.nodes);
    cts.rest();
    // Nothing comes after it.
    cts.pause(2 * scene.deadMs);
    wrong.push(...unrest(cluster), ...strayed(cts));
  } catch (error) {
    wrong.push(error instanceof Error ? error.message : String(error));
  }
  wrong.push(...complaints.list().map(({ check, atMs, what }) => `${check}, at ${atMs} ms: ${what}`));
  return { scene, wrong, simulatedMs: cluster.nowMs };
}

/** Groups that are not at home although they would go there by themselves. */
function strayed(cts: SimCts): readonly string[] {
  if (cts.scene.failback === "off") return [];
  return cts.groups.flatMap((group) => {
    const owners = cts.ownersOf(group).join();
    return owners === group.home ? [] : [`${group.key} is on ${owners}, and its home is ${group.home}`];
  });
}

/** Two groups, each of an address and a service, with homes of their own. */
function sceneOf({ around, media = ["eth0"] }: SimClass, random: Random, count: number): Scene {
  const nodes = NAMES.slice(0, count);
  const known = around ?? ["nothing", "ping", "fencing", "witness", "majority"];
  const possible = known.filter((one) => one !== "majority" || count > 2);
  const rules = { monitorEveryMs: 1000, failureTimeoutMs: 10_000 };
  const groups = nodes.slice(0, 2).map((home, index) => ({
    key: `ip${index}`,
    home,
    resources: [
      { name: `ip${index}`, agent: "ipaddr", rules, tellsElsewhere: true },
      { name: `web${index}`, agent: "nginx", rules },
    ],
  }));
  return {
    around: random.pick(possible),
    nodes,
    groups,
    failback: random.chance(0.7) ? "on" : "off",
    keepaliveMs: 250,
    deadMs: 1000,
    media,
    operationMs: random.pick([10, 100]),
  };
}
