// The simulated cluster of a configuration, and what is around it: pure, from models and blueprints.
import type { ClusterModel } from "@systole/core";
import {
  majorityOf,
  reachedOf,
  SimulatedCluster,
  SimulatedWitness,
  type ClusterPlan,
  type Scene,
  type SimulatedQuorum,
  type Stage,
  type Surroundings,
} from "@systole/sim";
import type { ConfiguredNode } from "./configuration.js";

export interface Setting {
  /** In the words of random lives. */
  readonly scene: Scene;
  /** A cluster that has not been started; the same seed, the same cluster. */
  readonly stage: (seed: number) => Stage;
  /** What the simulation takes for granted, as sentences. */
  readonly assumptions: readonly string[];
}

export function settingOf(
  nodes: readonly [ConfiguredNode, ...ConfiguredNode[]],
  signs: boolean,
  agentsTakeMs: number,
): Setting {
  const [{ model, blueprint }] = nodes;
  const { timings, failback, groups, pingNodes } = model;
  const scene: Scene = {
    around: surroundingsOf(model),
    nodes: model.nodes,
    groups,
    failback,
    keepaliveMs: timings.keepaliveMs,
    deadMs: timings.deadMs,
    media: blueprint.carriers.flatMap(({ medium, supports }) =>
      supports.probe === undefined ? [medium] : [],
    ),
    operationMs: agentsTakeMs,
    ends: [...pingNodes.map(({ name }) => name), ...quorumsOf(model).filter((name) => name !== MAJORITY)],
    patienceMs: patienceOf(model),
  };
  return {
    scene,
    stage: (seed) => stageOf(nodes, seed, agentsTakeMs),
    assumptions: assumptionsOf(model, signs, agentsTakeMs),
  };
}

const MAJORITY = "majority";
const WITNESS = "witness";

const quorumsOf = ({ providers }: ClusterModel): readonly string[] => providers.quorums ?? [];
const devicesOf = ({ providers }: ClusterModel): readonly string[] => providers.fenceDevices ?? [];

function surroundingsOf(model: ClusterModel): Surroundings {
  const quorums = quorumsOf(model);
  if (devicesOf(model).length > 0) return "fencing";
  if (quorums.includes(WITNESS)) return "witness";
  if (quorums.includes(MAJORITY)) return "majority";
  return quorums.length > 0 || model.pingNodes.length > 0 ? "ping" : "nothing";
}

function stageOf(nodes: readonly ConfiguredNode[], seed: number, agentsTakeMs: number): Stage {
  const quorums = new Map<string, SimulatedQuorum>();
  const [first] = nodes;
  if (first === undefined) throw new Error("a cluster without nodes");
  const { model } = first;
  const guardAfterMs = guardOf(model);
  const plan: ClusterPlan = {
    nodes: nodes.map(({ model: { self }, blueprint }) => ({
      name: self,
      carriers: blueprint.carriers,
      opensAs: "the same keys",
      engine: (life) => blueprint.engine(life),
      framing: () => blueprint.framing(),
    })),
    groups: model.groups,
    keepaliveMs: model.timings.keepaliveMs,
    deadMs: model.timings.deadMs,
    quorums,
    ...(guardAfterMs !== undefined && { guardAfterMs }),
  };
  const cluster = new SimulatedCluster(plan, seed);
  cluster.operationMs = agentsTakeMs;
  const witness = quorumsOf(model).includes(WITNESS) ? witnessOf(model) : undefined;
  witness?.attach(cluster);
  for (const name of quorumsOf(model)) {
    if (name === WITNESS && witness !== undefined) quorums.set(name, witness);
    else quorums.set(name, name === MAJORITY ? majorityOf(cluster) : reachedOf(cluster, name));
  }
  return { cluster, witness };
}

/** The plugin's own defaults, where the configuration says nothing. */
const WITNESS_MS = { ttlMs: 10_000, marginMs: 1000, askMs: 10_000 };

function witnessOf(model: ClusterModel): SimulatedWitness {
  const told = configOf(model, "quorum-witness");
  return new SimulatedWitness({
    ttlMs: numberIn(told, "ttlMs") ?? WITNESS_MS.ttlMs,
    marginMs: numberIn(told, "marginMs") ?? WITNESS_MS.marginMs,
    patienceMs: Math.min(WITNESS_MS.askMs, model.timings.deadMs),
    name: WITNESS,
  });
}

/** After how long a silence addresses are taken away, by the process beside the daemon, or else by the kernel. */
function guardOf(model: ClusterModel): number | undefined {
  const told = configOf(model, "agent-ipaddr");
  return numberIn(told, "guardMs") ?? numberIn(told, "leaseMs");
}

function configOf(model: ClusterModel, plugin: string): unknown {
  return model.plugins.find(({ use, from }) => use === plugin || from?.specifier === plugin)?.with;
}

function numberIn(config: unknown, name: string): number | undefined {
  const value: unknown =
    typeof config === "object" && config !== null ? Reflect.get(config, name) : undefined;
  return typeof value === "number" ? value : undefined;
}

/** Everything that this configuration may wait for before all is well: a start after a long silence, an agent that hangs, a switch. */
function patienceOf({
  timings,
  operationTimeoutMs,
  requestTimeoutMs,
  groups,
  fencing,
}: ClusterModel): number {
  const agents = groups.flatMap(({ resources }) =>
    resources.flatMap(({ rules }) => Object.values(rules?.operationTimeoutMs ?? {})),
  );
  const longestAgentMs = Math.max(...Object.values(operationTimeoutMs), ...agents);
  const fenceMs = fencing?.rules.longestRetryMs ?? 0;
  return timings.initialDeadMs + 2 * longestAgentMs + requestTimeoutMs + 2 * fenceMs;
}

function assumptionsOf(model: ClusterModel, signs: boolean, agentsTakeMs: number): readonly string[] {
  const devices = devicesOf(model);
  const known = new Set([MAJORITY, WITNESS, "ping"]);
  const others = quorumsOf(model).filter((name) => !known.has(name));
  const told = configOf(model, "agent-ipaddr");
  return [
    `every start and every stop of a resource takes ${agentsTakeMs / 1000} s; --agents-take says otherwise`,
    ...(signs ? [] : ["frames are signed by the simulator: the secret keys of other nodes are not here"]),
    ...(devices.length > 0
      ? [`${devices.join(", ")}: simulated as one switch that works, within 0.2 s`]
      : []),
    ...(others.length > 0 ? [`${others.join(", ")}: grants whoever reaches it`] : []),
    ...(guardOf(model) === undefined && told !== undefined
      ? ["nobody takes an address away from a node whose daemon is dead (docs/addresses.md)"]
      : []),
  ];
}
