// The machine under the daemon: its power, its clock, its processors.
import { cpus } from "node:os";
import { giveClock, turnClock } from "../../clocks.js";
import { LabError, NODE_NAMES, pause, type NodeName } from "../../index.js";
import { deaths } from "../deaths.js";
import { TAKEN_OVER, UNMOVED } from "../promises.js";
import type { Row, Scenario, Stage } from "../row.js";

const NOTICED_MS = 5000;
/** libfaketime looks once a second; a death would follow a second later. */
const TURNED_MS = 4000;
/** The tests may be content with less. */
const BUSY_S = Number(process.env.SAFETY_BUSY_SECONDS ?? 120);

const powerCut: Row = {
  id: "power-cut",
  title: "power cut of the active node",
  perform: async ({ lab }) => {
    await lab.cutPower("master");
    await pause(NOTICED_MS);
  },
  promised: () => TAKEN_OVER,
};

function clock(node: NodeName, offset: "+1h" | "-1h"): Row {
  const which = node === "master" ? "active" : "idle";
  return {
    id: `clock-${which}${offset}`,
    title: `clock of the ${which} node an hour ${offset === "+1h" ? "forward" : "back"}, and right again`,
    perform: async ({ lab }) => {
      const before = deaths(lab);
      for (const step of [offset, "+0"]) {
        turnClock(lab.node(node), step);
        await pause(TURNED_MS);
      }
      if (deaths(lab) > before) throw new LabError(`a node was called dead when the clock of ${node} went`);
    },
    promised: () => UNMOVED,
  };
}

const busy: Row = {
  id: "busy-machine",
  title: "all processors busy for two minutes, deadtime 500 ms",
  perform: async ({ lab }) => {
    const before = deaths(lab);
    // In the host: whatever becomes of us, it ends with the lab.
    for (const _ of [...cpus(), ...cpus()])
      lab.gateway.spawn(["timeout", String(BUSY_S), "sh", "-c", "while :; do :; done"], "ignore");
    await pause(BUSY_S * 1000);
    if (deaths(lab) > before) throw new LabError("a node was called dead on a busy machine");
  },
  promised: () => UNMOVED,
};

export const MACHINE_SCENARIOS: readonly Scenario[] = [
  { id: powerCut.id, rows: [powerCut], setUps: ["plain", "ping", "fenced", "heartbeat", "keepalived"] },
  ...NODE_NAMES.map((node) => ({
    id: `clock-${node}`,
    rows: [clock(node, "+1h"), clock(node, "-1h")],
    setUps: ["plain", "heartbeat", "keepalived"] as const,
    prepare: async ({ lab }: Stage) => giveClock(lab.node(node)),
  })),
  {
    id: busy.id,
    rows: [busy],
    setUps: ["plain", "heartbeat", "keepalived"],
    variant: { deadtimeSeconds: 0.5 },
    alone: true,
  },
];
