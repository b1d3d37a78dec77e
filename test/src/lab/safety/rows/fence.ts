// The nodes lose each other, and the switch that is to decide is no help: nobody is off, so nothing may be taken over.
import { LabError, pause } from "../../index.js";
import { UNMOVED } from "../promises.js";
import type { SwitchMode } from "../rig-files.js";
import type { Row, Scenario } from "../row.js";

/** Longer than deadtime and the head start of the node that serves: both have tried. */
const PARTED_MS = 8000;
const MET_MS = 2000;

function withSwitch(mode: Exclude<SwitchMode, "obeys">, title: string): Scenario {
  const row: Row = {
    id: `fence-${mode}`,
    title: `the nodes do not hear each other, the fence device ${title}`,
    perform: async ({ lab, rack }) => {
      rack.behave(mode);
      await lab.separateNodes();
      await pause(PARTED_MS);
      if (rack.done.length > 0) throw new LabError(`the switch did ${rack.done.join(", ")}`);
      const log = lab.node("cluster1").read("/var/log/ha-log");
      if (!log.includes("fence.needed")) throw new LabError(`cluster1 did not think of fencing:\n${log}`);
    },
    promised: () => UNMOVED,
  };
  const mended: Row = {
    id: `fence-${mode}-mended`,
    title: "… heal",
    perform: async ({ lab }) => {
      await lab.rejoinNodes();
      await pause(MET_MS);
    },
    promised: () => UNMOVED,
  };
  return { id: row.id, rows: [row, mended], setUps: ["fenced"], tested: ["fenced"] };
}

export const FENCE_SCENARIOS: readonly Scenario[] = [
  withSwitch("fails", "fails"),
  withSwitch("hangs", "hangs"),
  withSwitch("lies", "says yes and does nothing"),
];
