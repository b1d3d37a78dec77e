// The cluster of a scene.
import type { Engine } from "@systole/core/engine";
import type { Authenticator, FencingRules, IsolationPolicy } from "@systole/core/ports";
import { SimulatedCluster } from "../cluster.js";
import { designedPlan, type FrameDesign } from "../designed-plan.js";
import type { SimulatedQuorum } from "../plan.js";
import { majorityOf } from "../quorums.js";
import { SimulatedWitness } from "../witness.js";
import type { Scene } from "./scene.js";
import type { Speciality } from "./special.js";

export interface Stage {
  readonly cluster: SimulatedCluster;
  readonly witness: SimulatedWitness | undefined;
}

const RULES: FencingRules = {
  delayMs: {},
  priorityDelayMs: 800,
  retryMs: 500,
  longestRetryMs: 4000,
  attempts: 0,
};
const AGENTS_TAKE_MS = 8000;
/** As the daemon's own rule for its guard has it: deadtime less a keepalive less a margin. */
const guardAfterMs = ({ deadMs, keepaliveMs }: Scene): number =>
  deadMs - keepaliveMs - Math.min(200, Math.max(50, deadMs * 0.2));

const SMALL_FRAME_BYTES = 1200;

function isolationIn({ around, special = [] }: Scene): IsolationPolicy {
  if (special.includes("isolation-fence")) return "fence";
  if (special.includes("isolation-release")) return "release";
  return around === "nothing" || around === "fencing" ? "hold" : "release";
}

function framesOf(special: readonly Speciality[]): FrameDesign {
  return {
    traditional: special.includes("compression"),
    innerSignatures: special.includes("inner-signatures"),
    serial: special.includes("serial"),
    ...(special.includes("small-frames") && { maxFrameBytes: SMALL_FRAME_BYTES }),
  };
}

/** `engine`: how an engine lives that was made; default: as it is. */
export function clusterOf(
  scene: Scene,
  seed: number,
  authenticator: Authenticator,
  engine?: (make: () => Engine) => Engine,
): Stage {
  const { around, nodes, groups, failback, keepaliveMs, deadMs, media, operationMs } = scene;
  const { heartbeats = [], special = [] } = scene;
  const witness =
    around === "witness"
      ? new SimulatedWitness({ ttlMs: 3 * deadMs, marginMs: 0.3 * deadMs, patienceMs: deadMs })
      : undefined;
  const quorums = new Map<string, SimulatedQuorum>();
  const plan = designedPlan({
    nodes,
    groups,
    failback,
    keepaliveMs,
    deadMs,
    media,
    heartbeats,
    authenticator,
    quorums,
    guardAfterMs: guardAfterMs(scene),
    pingNodes: around === "ping" ? ["gateway"] : [],
    fencing: around === "fencing",
    fencingRules: special.includes("few-attempts") ? { ...RULES, attempts: 2 } : RULES,
    agentsTakeMs: AGENTS_TAKE_MS,
    isolation: isolationIn(scene),
    ...(scene.special !== undefined && { frames: framesOf(special) }),
    warm: special.includes("warm"),
    copiedDisk: special.includes("copied-disk"),
    pingGroup: special.includes("ping-group"),
    ipfail: special.includes("ipfail"),
    ...(engine !== undefined && { engine }),
  });
  const cluster = new SimulatedCluster(plan, seed);
  cluster.operationMs = operationMs;
  witness?.attach(cluster);
  if (witness !== undefined) quorums.set("witness", witness);
  if (around === "majority" || special.includes("majority-too")) quorums.set("majority", majorityOf(cluster));
  return { cluster, witness };
}
