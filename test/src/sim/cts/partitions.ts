// Classes that take machines or paths away: power, one medium of two, the network between the nodes.
import type { Random } from "@systole/sim";
import { someOf } from "./shuffled.js";
import type { SimClass } from "./sim-class.js";
import type { SimCts } from "./sim-cts.js";

const BEYOND_DEAD = 1.5;
const COUNTED_MS = 5000;

/** Nobody of one side hears anybody of the other. */
function part(cts: SimCts, one: readonly string[], other: readonly string[]): void {
  for (const left of one) for (const right of other) cts.cluster.cut(left, right);
}

/** Whether a whole group runs on one of these machines, whatever became of its daemon. */
function serve(cts: SimCts, names: readonly string[]): readonly string[] {
  return cts.groups.flatMap((group) => {
    const runs = (name: string): boolean =>
      group.resources.every((one) => cts.cluster.node(name).running.has(one.name));
    return names.some(runs) ? [group.key] : [];
  });
}

/** The majority, or who has the witness, serves everything; the others have let go before that. */
function splitOne(cts: SimCts, random: Random): void {
  const name = random.pick(cts.names);
  cts.cluster.isolate(name);
  cts.wait("the others to serve", () => serve(cts, cts.others(name)).length === cts.groups.length);
  cts.must(`${name} has let go`, serve(cts, [name]).length === 0);
  cts.pause(BEYOND_DEAD * cts.scene.deadMs);
  cts.must(`${name} takes nothing`, serve(cts, [name]).length === 0);
}

/** Two partitions, drawn at random: at most one of them serves. */
function splitAnyhow(cts: SimCts, random: Random): void {
  const one = someOf(random, cts.names);
  const other = cts.names.filter((name) => !one.includes(name));
  part(cts, one, other);
  cts.pause(3 * cts.scene.deadMs);
  const sides = [one, other].filter((names) => serve(cts, names).length > 0);
  cts.must(`${sides.length} sides serve, and not both`, sides.length <= 1);
  if (cts.scene.around === "majority")
    cts.must("the majority serves", serve(cts, one.length > other.length ? one : other).length > 0);
}

/** The side with most votes resets the node; it boots alone, serves nothing, and shoots nobody. */
function splitAndReset(cts: SimCts, random: Random): void {
  const { cluster } = cts;
  const name = random.pick(cts.names);
  part(cts, [name], cts.others(name));
  cts.wait("one side to be off", () => cts.names.some((one) => !cluster.node(one).powered));
  cts.wait("everything to be served", () => serve(cts, cts.running()).length === cts.groups.length);
  const off = cts.names.filter((one) => !cluster.node(one).powered);
  if (cts.names.length > 2) cts.must(`${name} alone is off`, off.join() === name);
  else cts.must("one of two is off", off.length === 1);
}

function redundantPath(cts: SimCts, random: Random): void {
  const name = random.pick(cts.names);
  for (const medium of cts.scene.media) {
    for (const other of cts.others(name)) cts.cluster.network.cut(name, other, medium);
    const told = cts.cluster.events.length;
    cts.pause(BEYOND_DEAD * cts.scene.deadMs);
    cts.cluster.heal();
    cts.pause(2 * cts.scene.keepaliveMs);
    const events = cts.cluster.events.slice(told).map(({ event }) => event);
    const dead = (what: string): number =>
      events.filter((event) => event.name === what && event.fields.to === "dead").length;
    cts.must(`a link is called dead, ${dead("link.changed")} times`, dead("link.changed") > 0);
    cts.must(`no node is called dead, ${dead("node.changed")} times`, dead("node.changed") === 0);
  }
}

export const PARTITIONS: readonly SimClass[] = [
  {
    name: "Stonith",
    of: "heartbeat",
    around: ["fencing"],
    perform: (cts, random) => {
      const name = random.pick(cts.names);
      cts.cluster.kill(name, true);
      const fenced = (): boolean =>
        cts.cluster.events.some(({ event }) => event.name === "fence.done" && event.fields.node === name);
      cts.wait(`${name} to be fenced`, fenced);
      cts.wait("it to be taken over", () => serve(cts, cts.others(name)).length === cts.groups.length);
    },
  },
  {
    name: "Stonithd",
    of: "both",
    around: ["fencing"],
    perform: (cts, random) => {
      const name = random.pick(cts.names);
      const by = random.pick(cts.others(name));
      const orders = (): number =>
        cts.cluster.events.filter(({ event }) => event.name === "fence.done").length;
      cts.cluster.fenceBy(by, "fence", name);
      cts.wait(`${name} to be switched off`, () => !cts.cluster.node(name).powered);
      // As machines do: it boots for longer than deadtime.
      cts.pause(BEYOND_DEAD * cts.scene.deadMs);
      const before = orders();
      cts.start(name);
      cts.rest();
      cts.must("nobody is switched off any more", orders() === before);
    },
  },
  { name: "RedundantPath", of: "heartbeat", media: ["eth0", "eth1"], perform: redundantPath },
  { name: "Split_brain", of: "heartbeat", around: ["fencing"], perform: splitAndReset },
  { name: "Split_brain2", of: "heartbeat", around: ["majority", "witness", "ping"], perform: splitOne },
  { name: "SplitBrain", of: "Pacemaker", around: ["majority", "witness", "fencing"], perform: splitAnyhow },
  {
    name: "Bandwidth",
    of: "heartbeat",
    perform: (cts) => {
      const before = cts.cluster.network.carried;
      cts.pause(COUNTED_MS);
      const count = cts.names.length;
      const each = (cts.cluster.network.carried - before) / (count * (count - 1));
      const pulses = COUNTED_MS / cts.scene.keepaliveMs;
      const most = (cts.scene.around === "ping" ? 2.5 : 1.5) * pulses;
      cts.must(`${each} frames are about ${pulses}`, each > 0.9 * pulses && each < most);
    },
  },
];
