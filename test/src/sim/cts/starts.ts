// Classes that start and stop daemons in order: one, all at once, one by one, in any mixture.
import type { Random } from "@systole/sim";
import { shuffled, someOf } from "./shuffled.js";
import type { SimClass } from "./sim-class.js";
import type { SimCts } from "./sim-cts.js";

function restart(cts: SimCts, name: string): void {
  cts.stop(name);
  cts.start(name);
  cts.rest();
}

function stopAll(cts: SimCts): void {
  cts.stop(...cts.running());
  for (const group of cts.groups)
    for (const { name } of group.resources)
      cts.must(`${name} runs nowhere`, cts.cluster.holders(name).length === 0);
}

function flip(cts: SimCts, name: string): void {
  if (cts.running().includes(name)) cts.stop(name);
  else cts.start(name);
  cts.rest();
}

/** From before it has heard anybody to when it has just joined. */
function partialStart(cts: SimCts, random: Random): void {
  for (const name of someOf(random, cts.names)) {
    cts.stop(name);
    cts.start(name);
    cts.pause(random.between(0, random.pick([0.01, 0.1, 1]) * cts.scene.deadMs));
    cts.stop(name);
    cts.rest();
  }
}

function nearQuorumPoint(cts: SimCts, random: Random): void {
  for (let round = 0; round < 3; round += 1) {
    const up = cts.names.filter(() => random.chance(0.5));
    const down = cts.running().filter((name) => !up.includes(name));
    for (const name of down) cts.cluster.stop(name);
    cts.start(...up);
    cts.wait("those that stop", () => down.every((name) => !cts.running().includes(name)));
    cts.rest();
  }
}

export const STARTS: readonly SimClass[] = [
  {
    name: "Stop",
    of: "heartbeat",
    perform: (cts, random) => {
      cts.stop(random.pick(cts.names));
      cts.rest();
    },
  },
  {
    name: "Start",
    of: "heartbeat",
    perform: (cts, random) => {
      const name = random.pick(cts.names);
      cts.stop(name);
      cts.rest();
      cts.start(name);
      cts.rest();
    },
  },
  {
    name: "Flip",
    of: "both",
    perform: (cts, random) => {
      for (let round = 0; round < 4; round += 1) flip(cts, random.pick(cts.names));
    },
  },
  { name: "Restart", of: "both", perform: (cts, random) => restart(cts, random.pick(cts.names)) },
  {
    name: "StartOnebyOne",
    of: "both",
    perform: (cts, random) => {
      stopAll(cts);
      for (const name of shuffled(random, cts.names)) {
        cts.start(name);
        cts.rest();
      }
    },
  },
  {
    name: "SimulStart",
    of: "both",
    perform: (cts, random) => {
      stopAll(cts);
      cts.start(...shuffled(random, cts.names));
      cts.rest();
    },
  },
  { name: "SimulStop", of: "both", perform: (cts) => stopAll(cts) },
  {
    name: "SimulStartLite",
    of: "heartbeat",
    perform: (cts, random) => {
      const down = someOf(random, cts.names);
      cts.stop(...down);
      cts.rest();
      cts.start(...down);
      cts.rest();
    },
  },
  {
    name: "SimulStopLite",
    of: "heartbeat",
    perform: (cts, random) => {
      cts.stop(...someOf(random, cts.names));
      cts.rest();
      stopAll(cts);
    },
  },
  {
    name: "StopOnebyOne",
    of: "both",
    perform: (cts, random) => {
      for (const name of shuffled(random, cts.names)) {
        cts.stop(name);
        cts.rest();
      }
    },
  },
  {
    name: "RestartOnebyOne",
    of: "both",
    perform: (cts, random) => {
      for (const name of shuffled(random, cts.names)) restart(cts, name);
    },
  },
  { name: "PartialStart", of: "both", perform: partialStart },
  { name: "NearQuorumPoint", of: "both", perform: nearQuorumPoint },
  {
    name: "SpecialTest1",
    of: "heartbeat",
    perform: (cts, random) => {
      stopAll(cts);
      const name = random.pick(cts.names);
      cts.start(name);
      cts.rest();
      restart(cts, name);
      cts.start(...cts.names);
      cts.rest();
    },
  },
];
