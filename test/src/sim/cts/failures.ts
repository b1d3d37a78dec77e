// Classes in which something breaks that is no whole machine: a resource, a daemon, what a node has stored; and what that costs.
import type { GroupSpec } from "@systole/core/ports";
import type { Random } from "@systole/sim";
import { shuffled } from "./shuffled.js";
import type { SimClass } from "./sim-class.js";
import type { SimCts } from "./sim-cts.js";

const A_SECOND_MS = 1000;
const ROUNDS = 6;
const GROWTH_CHARACTERS = 100_000;

/** Where it runs; a class begins with every group somewhere. */
function ownerOf(cts: SimCts, group: GroupSpec): string {
  const [owner = group.home] = cts.ownersOf(group);
  return owner;
}

/** One resource of a group ends by itself, and is started again where it is. */
function fail(cts: SimCts, group: GroupSpec, random: Random): void {
  const owner = ownerOf(cts, group);
  const { name } = random.pick(group.resources);
  cts.cluster.crash(owner, name);
  cts.must(`${name} has ended`, cts.ownersOf(group).length === 0);
  cts.wait(`${name} to be back`, () => cts.ownersOf(group).length > 0);
  cts.rest();
  cts.must(`${group.key} stays on ${owner}`, ownerOf(cts, group) === owner);
  cts.cluster.cleanup(owner);
  cts.pause(cts.scene.keepaliveMs);
}

/** How long until each of the others has called a node dead. */
function detect(cts: SimCts, random: Random): void {
  const { cluster, scene } = cts;
  for (const name of shuffled(random, cts.names)) {
    cluster.kill(name);
    const calledDead = (other: string): boolean =>
      cluster.view(other).nodes.some((node) => node.name === name && node.state === "dead");
    const tookMs = cts.wait(`${name} to be called dead`, () => cts.others(name).every(calledDead));
    cts.must(`${tookMs} ms are about deadtime`, tookMs > scene.deadMs / 2 && tookMs < 2 * scene.deadMs);
    cts.start(name);
    cts.rest();
  }
}

/** Of everything that the engines of these nodes remember. */
function remembered(cts: SimCts, names: readonly string[]): number {
  return Math.max(...names.map((name) => JSON.stringify(cts.cluster.node(name).engine.snapshot?.()).length));
}

function mustNotGrow(cts: SimCts, names: readonly string[], work: () => void): void {
  const before = remembered(cts, names);
  work();
  const grown = remembered(cts, names) - before;
  cts.must(`an engine remembers ${grown} characters more, and not too many`, grown < GROWTH_CHARACTERS);
}

export const FAILURES: readonly SimClass[] = [
  {
    name: "IPaddr",
    of: "heartbeat",
    perform: (cts, random) => {
      const group = random.pick(cts.groups);
      const owner = ownerOf(cts, group);
      cts.stop(owner);
      cts.wait(`another node to have ${group.key}`, () => cts.ownersOf(group).some((name) => name !== owner));
      cts.start(owner);
      cts.rest();
    },
  },
  {
    name: "ResourceRecover",
    of: "both",
    perform: (cts, random) => {
      fail(cts, random.pick(cts.groups), random);
      fail(cts, random.pick(cts.groups), random);
    },
  },
  {
    name: "Fastdetection",
    of: "heartbeat",
    // A machine that is switched off while it starts is not there to be detected.
    around: ["nothing", "ping", "witness", "majority"],
    perform: detect,
  },
  {
    name: "ComponentFail",
    of: "both",
    around: ["fencing"],
    perform: (cts, random) => {
      fail(cts, random.pick(cts.groups), random);
      const victim = random.pick(cts.names);
      cts.cluster.kill(victim);
      cts.wait(`${victim} to be switched off`, () => !cts.cluster.node(victim).powered);
    },
  },
  {
    name: "ResyncCIB",
    of: "Pacemaker",
    perform: (cts, random) => {
      const name = random.pick(cts.names);
      // Without its count it has the time of day to tell its next life by, in seconds.
      cts.pause(A_SECOND_MS);
      cts.stop(name);
      cts.cluster.node(name).disk.lose();
      cts.start(name);
      cts.rest();
    },
  },
  {
    name: "Memory",
    of: "heartbeat",
    perform: (cts, random) =>
      mustNotGrow(cts, cts.names, () => {
        for (let round = 0; round < ROUNDS; round += 1) fail(cts, random.pick(cts.groups), random);
      }),
  },
  {
    name: "ElectionMemory",
    of: "heartbeat",
    perform: (cts, random) => {
      const name = random.pick(cts.names);
      mustNotGrow(cts, cts.others(name), () => {
        for (let round = 0; round < 3; round += 1) {
          cts.stop(name);
          cts.start(name);
          cts.rest();
        }
      });
    },
  },
];
