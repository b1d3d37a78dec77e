// Classes that take machines or paths away: power, one medium of two, the network between the nodes.
import { expect } from "vitest";
import { pause } from "../../wait.js";
import { BEYOND_DEAD_MS, type Cluster } from "../cluster.js";
import type { DoneClass, Stage } from "../cts-class.js";
import { MEDIA } from "../hosts.js";
import { FreshLog } from "../logs.js";
import { holdersOf } from "../rest.js";
import { NAMES, type Name } from "../three-nodes.js";

/** The others have called it dead, and serve everything; it serves nothing. */
async function partedFrom(cluster: Cluster, name: Name): Promise<void> {
  const others = cluster.others(name);
  await cluster.until(`the others to serve without ${name}`, async () => {
    const documents = await Promise.all(others.map((one) => cluster.status(one)));
    const isDead = documents.every((one) => one?.nodes.find((node) => node.name === name)?.state === "dead");
    const owners = cluster.groups.map((group) => holdersOf(cluster, group));
    return isDead && owners.every(([owner]) => owner !== undefined && owner !== name);
  });
}

async function splitOne({ cluster, dice }: Stage): Promise<void> {
  const name = dice.one(NAMES);
  await cluster.isolate(name);
  await partedFrom(cluster, name);
}

/** Nobody has a majority: nobody serves, and nobody is shot. */
async function splitAll({ cluster }: Stage): Promise<void> {
  await cluster.separate();
  await cluster.until("everybody to let go", () =>
    cluster.groups.every((group) => holdersOf(cluster, group).length === 0),
  );
  await pause(BEYOND_DEAD_MS);
  for (const group of cluster.groups) expect(holdersOf(cluster, group)).toEqual([]);
}

async function redundantPath({ cluster, dice }: Stage): Promise<void> {
  const name = dice.one(NAMES);
  for (const medium of MEDIA) {
    const logs = NAMES.map((one) => new FreshLog(cluster, one));
    await cluster.pullCable(name, medium);
    await pause(BEYOND_DEAD_MS);
    await cluster.plugCable(name, medium);
    const said = logs.flatMap((log) => log.lines());
    expect(said.filter((line) => line.includes(`link=${medium}`) && line.includes("to=dead"))).not.toEqual(
      [],
    );
    expect(said.filter((line) => / node\.changed .*to=dead/.test(line))).toEqual([]);
  }
}

/** Orders to switch a node off since there were so many. */
function shotSince({ power }: Cluster, count: number): readonly string[] {
  return power
    .orders("off")
    .slice(count)
    .map(({ node }) => node);
}

export const PARTITION_CLASSES: readonly DoneClass[] = [
  {
    name: "RedundantPath",
    source: "heartbeat",
    what: "one of two media goes down for longer than deadtime, then the other: the link is called dead, and no node",
    perform: redundantPath,
  },
  {
    name: "Split_brain2",
    source: "heartbeat",
    what: "two partitions: the majority serves everything, the other node has let go before that; then the network heals",
    perform: splitOne,
  },
  {
    name: "SplitBrain",
    source: "Pacemaker",
    what: "every node is a partition of its own: nobody serves; then the network heals",
    perform: splitAll,
  },
];

export const FENCED_PARTITION_CLASSES: readonly DoneClass[] = [
  {
    name: "Stonith",
    source: "heartbeat",
    what: "a machine loses its power: the others see it die, reset it, and it joins again",
    perform: async ({ cluster, dice }) => {
      const name = dice.one(NAMES);
      const count = cluster.power.orders("off").length;
      await cluster.power.switchOff(name);
      await cluster.until(`${name} to be reset`, () => shotSince(cluster, count).length > 0);
      expect(shotSince(cluster, count)).toEqual([name]);
    },
  },
  {
    name: "Stonithd",
    source: "both",
    what: "`systole fence NODE` on another node: that machine is reset once, takes longer than deadtime to boot, and joins again",
    perform: async ({ cluster, dice }) => {
      const [name = "master", by = "cluster1"] = dice.shuffled(NAMES);
      const count = cluster.power.orders("off").length;
      cluster.power.bootMs = BEYOND_DEAD_MS; // As machines do: it is silent for longer than deadtime.
      expect(await cluster.systole(by, "fence", name, "--yes")).toContain(`${name} is fenced`);
      await cluster.rest();
      cluster.power.bootMs = 0;
      expect(shotSince(cluster, count)).toEqual([name]);
    },
  },
  {
    name: "Split_brain",
    source: "heartbeat",
    what: "a node is cut off: the majority resets it and serves; it boots alone, serves nothing and shoots nobody, until the network heals",
    perform: async ({ cluster, dice }) => {
      const name = dice.one(NAMES);
      const count = cluster.power.orders("off").length;
      await cluster.isolate(name);
      await partedFrom(cluster, name);
      await cluster.until(`${name} to be reset`, () => shotSince(cluster, count).length > 0);
      await cluster.until(`${name} to boot`, async () => (await cluster.status(name)) !== undefined);
      await pause(BEYOND_DEAD_MS);
      expect(shotSince(cluster, count)).toEqual([name]);
    },
  },
];
