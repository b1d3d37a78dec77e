// Classes that start and stop daemons in order: one, all at once, one by one, in any mixture.
import { expect } from "vitest";
import { pause } from "../../wait.js";
import type { Cluster } from "../cluster.js";
import type { DoneClass, Stage } from "../cts-class.js";
import { holdersOf } from "../rest.js";
import { NAMES, type Name } from "../three-nodes.js";

/** A node that has said goodbye is not waited for: its groups are elsewhere at once. */
async function stopOne(cluster: Cluster, name: Name): Promise<void> {
  await cluster.stop(name);
  await cluster.rest();
}

/** If it runs it is stopped, else started. */
async function flip(cluster: Cluster, name: Name): Promise<void> {
  if (cluster.running().includes(name)) await cluster.stop(name);
  else await cluster.start(name);
  await cluster.rest();
}

/** Stopped, all of them: nothing is served anywhere. */
async function stopAll(cluster: Cluster): Promise<void> {
  await cluster.stop(...cluster.running());
  for (const group of cluster.groups) expect(holdersOf(cluster, group)).toEqual([]);
}

async function partialStart({ cluster, dice, tell }: Stage): Promise<void> {
  for (const name of dice.shuffled(NAMES).slice(0, 2)) {
    await cluster.stop(name);
    await cluster.start(name);
    // From before it has read its files to when it has just joined.
    const afterMs = dice.number(900);
    await pause(afterMs);
    await cluster.stopEarly(name);
    tell(`${name} was told to stop after ${String(afterMs)} ms of its start`);
    await cluster.rest();
  }
}

async function nearQuorumPoint({ cluster, dice, tell }: Stage): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    const up = NAMES.filter(() => dice.isHead());
    const running = cluster.running();
    tell(`${up.join(" and ") || "no node"} up`);
    await Promise.all([
      cluster.start(...up.filter((name) => !running.includes(name))),
      cluster.stop(...running.filter((name) => !up.includes(name))),
    ]);
    await cluster.rest();
  }
}

export const START_CLASSES: readonly DoneClass[] = [
  {
    name: "Stop",
    source: "heartbeat",
    what: "a node is stopped in order; the others serve its groups",
    perform: ({ cluster, dice }) => stopOne(cluster, dice.one(NAMES)),
  },
  {
    name: "Start",
    source: "heartbeat",
    what: "a stopped node is started; it joins, and its groups go home",
    perform: async ({ cluster, dice }) => {
      const name = dice.one(NAMES);
      await cluster.stop(name);
      await cluster.start(name);
      await cluster.rest();
    },
  },
  {
    name: "Flip",
    source: "both",
    what: "nodes, one at a time, are stopped if they run and started if they do not",
    perform: async ({ cluster, dice }) => {
      const [first = "master", second = "master"] = dice.shuffled(NAMES);
      for (const name of [first, first, second]) await flip(cluster, name);
    },
  },
  {
    name: "Restart",
    source: "both",
    what: "a node is stopped and started again without a pause",
    perform: async ({ cluster, dice }) => {
      const name = dice.one(NAMES);
      await cluster.stop(name);
      await cluster.start(name);
      await cluster.rest();
    },
  },
  {
    name: "StartOnebyOne",
    source: "both",
    what: "from nothing, one node after the other in any order; alone, the first one serves nothing",
    perform: async ({ cluster, dice }) => {
      await stopAll(cluster);
      for (const name of dice.shuffled(NAMES)) {
        await cluster.start(name);
        await cluster.rest();
      }
    },
  },
  {
    name: "SimulStart",
    source: "both",
    what: "from nothing, all nodes at once",
    perform: async ({ cluster }) => {
      await stopAll(cluster);
      await cluster.start(...NAMES);
      await cluster.rest();
    },
  },
  {
    name: "SimulStop",
    source: "both",
    what: "all nodes are stopped at once; each ends in order, and nothing is served any more",
    perform: ({ cluster }) => stopAll(cluster),
  },
  {
    name: "SimulStartLite",
    source: "heartbeat",
    what: "some nodes run; all others are started at once",
    perform: async ({ cluster, dice }) => {
      await cluster.stop(...dice.shuffled(NAMES).slice(0, 2));
      await cluster.whole();
    },
  },
  {
    name: "SimulStopLite",
    source: "heartbeat",
    what: "some nodes are down; all others are stopped at once",
    perform: async ({ cluster, dice }) => {
      await stopOne(cluster, dice.one(NAMES));
      await stopAll(cluster);
    },
  },
  {
    name: "StopOnebyOne",
    source: "both",
    what: "one node after the other; two serve everything, and the last one nothing",
    perform: async ({ cluster, dice }) => {
      for (const name of dice.shuffled(NAMES)) await stopOne(cluster, name);
    },
  },
  {
    name: "RestartOnebyOne",
    source: "both",
    what: "each node in turn is restarted, as for an update",
    perform: async ({ cluster, dice }) => {
      for (const name of dice.shuffled(NAMES)) {
        await cluster.stop(name);
        await cluster.start(name);
        await cluster.rest();
      }
    },
  },
  {
    name: "PartialStart",
    source: "both",
    what: "a node is told to stop before it has finished to start",
    perform: partialStart,
  },
  {
    name: "NearQuorumPoint",
    source: "both",
    what: "each node goes up or down by the toss of a coin, all at the same time, twice",
    perform: nearQuorumPoint,
  },
  {
    name: "SpecialTest1",
    source: "heartbeat",
    what: "from nothing, one node alone is started and restarted, then all others are started",
    perform: async ({ cluster, dice }) => {
      await stopAll(cluster);
      const name = dice.one(NAMES);
      await cluster.start(name);
      await cluster.rest();
      await cluster.stop(name);
      await cluster.start(name);
      await cluster.rest();
    },
  },
];
