// Classes in which somebody asks for something while everything is well: standby, new keys, a new resource.
import { ClassicAuthenticator } from "@systole/auth-classic";
import { Framing } from "@systole/core";
import type { GroupSpec } from "@systole/core/ports";
import {
  clusterOf,
  SimulatedCluster,
  type NodeLife,
  type Random,
  type Scene,
  type Stage,
} from "@systole/sim";
import { AUTHENTICATOR } from "../simulated-cluster.js";
import { shuffled } from "./shuffled.js";
import type { SimClass } from "./sim-class.js";
import type { SimCts } from "./sim-cts.js";

const KEYS = [
  { index: 1, method: "sha1", key: "simulated" },
  { index: 2, method: "sha1", key: "the next one" },
] as const;

/** What it has goes to the others, and what is at home there comes back when it is asked for. */
function standBy(cts: SimCts, name: string): void {
  const { cluster } = cts;
  cts.must("standby is answered", answered(cts, cluster.request(name, "standby")));
  cts.must(
    `${name} has nothing`,
    cts.groups.every((group) => !cts.ownersOf(group).includes(name)),
  );
  cts.rest();
  cts.must("takeover is answered", answered(cts, cluster.request(name, "takeover", "local")));
  const own = cts.groups.filter(({ home }) => home === name);
  cts.must(
    `${name} has its own`,
    own.every((group) => cts.ownersOf(group).includes(name)),
  );
}

function answered(cts: SimCts, id: number): boolean {
  cts.wait("an answer", () => cts.cluster.answers.has(id));
  cts.rest();
  return cts.cluster.answers.get(id)?.ok === true;
}

/** Everybody knows both keys; one node after the other signs with the new one. */
function changeKeys(cts: SimCts, random: Random): void {
  const knowing = (sign: number): ClassicAuthenticator => new ClassicAuthenticator({ sign, keys: [...KEYS] });
  const told = cts.cluster.events.length;
  const framing = (self: string, sign: number): Framing =>
    new Framing({ self, authenticator: knowing(sign), innerSignature: false, compression: undefined });
  for (const name of cts.names) cts.cluster.node(name).framing = framing(name, 1);
  for (const name of shuffled(random, cts.names)) {
    cts.pause(random.between(0, cts.scene.deadMs));
    cts.cluster.node(name).framing = framing(name, 2);
  }
  cts.pause(2 * cts.scene.deadMs);
  const refused = cts.names.filter((name) => cts.cluster.node(name).refused.size > 0);
  cts.must(`no frame is refused by ${refused.join()}`, refused.length === 0);
  const dead = cts.cluster.events.slice(told).filter(({ event }) => event.fields.to === "dead");
  cts.must("nobody is called dead", dead.length === 0);
}

function isHeard(cts: SimCts, name: string): boolean {
  return cts.names.every((other) =>
    cts.cluster.view(other).nodes.some((node) => node.name === name && node.state === "active"),
  );
}

/** An engine reads the new group when its node is started after it was written down there. */
class Rewritten {
  private readonly knows = new Set<string>();

  constructor(readonly group: GroupSpec) {}

  writeDown(name: string): void {
    this.knows.add(name);
  }

  stage(scene: Scene, seed: number): Stage {
    const { plan: before } = clusterOf(scene, seed, AUTHENTICATOR).cluster;
    const more = { ...scene, groups: [...scene.groups, this.group] };
    const { plan: after } = clusterOf(more, seed, AUTHENTICATOR).cluster;
    const nodes = after.nodes.map((node, index) => ({
      ...node,
      engine: (life: NodeLife) =>
        (this.knows.has(node.name) ? node : (before.nodes[index] ?? node)).engine(life),
    }));
    const cluster = new SimulatedCluster({ ...after, nodes }, seed);
    cluster.operationMs = scene.operationMs;
    return { cluster, witness: undefined };
  }
}

/** It is served when all know it, and the others all the time. */
function addResource(): SimClass {
  const rules = { monitorEveryMs: 1000 };
  const group: GroupSpec = {
    key: "added",
    home: "bravo",
    resources: [{ name: "added", agent: "ipaddr", rules, tellsElsewhere: true }],
  };
  let rewritten = new Rewritten(group);
  return {
    name: "BSC_AddResource",
    of: "heartbeat",
    // A quorum belongs to one cluster alone.
    around: ["nothing", "ping", "fencing"],
    stage: (scene, seed) => {
      rewritten = new Rewritten(group);
      return rewritten.stage(scene, seed);
    },
    perform: (cts, random) => {
      for (const name of shuffled(random, cts.names)) {
        cts.must("the new one is served by nobody", cts.cluster.holders("added").length === 0);
        rewritten.writeDown(name);
        cts.stop(name);
        cts.start(name);
        // Who does not know the new one yet has not said what becomes of it: until all do, nobody is at rest.
        cts.wait("the others to be served", () => cts.groups.every((one) => cts.ownersOf(one).length === 1));
        cts.wait(`${name} to be heard`, () => isHeard(cts, name));
      }
      cts.wait("the new one to be served", () => cts.cluster.holders("added").length === 1);
    },
  };
}

export const OPERATORS: readonly SimClass[] = [
  { name: "Standby", of: "both", perform: (cts, random) => standBy(cts, random.pick(cts.names)) },
  {
    name: "Standby2",
    of: "heartbeat",
    perform: (cts, random) => {
      for (const name of shuffled(random, cts.names)) standBy(cts, name);
    },
  },
  addResource(),
  { name: "Cibsecret", of: "Pacemaker", perform: changeKeys },
];
