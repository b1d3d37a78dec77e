// The active node is cut off and only a power switch can tell whether it still serves: what when the switch is no help.
import { LabError, pause } from "../../index.js";
import type { SwitchMode } from "../rig-files.js";
import type { Promised, Row, Scenario } from "../row.js";

const PARTED_MS = 8000;

/** While the switch does not help nothing is taken over: users of the cut off node are without answers, and nobody serves twice. */
function withSwitch(mode: Exclude<SwitchMode, "obeys">, title: string, promised: Promised): Scenario {
  const row: Row = {
    id: `fence-${mode}`,
    title: `active node cut off, ${title}`,
    perform: async ({ lab, rack }) => {
      rack.behave(mode);
      await lab.cutBeyondSwitch("master");
      await pause(PARTED_MS);
      if (rack.done.length > 0) throw new LabError(`the switch did ${rack.done.join(", ")}`);
    },
    promised: () => promised,
  };
  const mended: Row = {
    id: `fence-${mode}-mended`,
    title: "… heal",
    perform: async ({ lab }) => {
      await lab.mendBeyondSwitch("master");
      await pause(2000);
    },
    promised: () => ({ ends: ["master"], twoOwnersMs: 3000 }),
  };
  return { id: row.id, rows: [row, mended], setUps: ["fenced"] };
}

const WAITS: Promised = { ends: ["master"], unserved: true, twoOwnersMs: 0 };

export const FENCE_SCENARIOS: readonly Scenario[] = [
  withSwitch("fails", "the fence device fails", WAITS),
  withSwitch("hangs", "the fence device hangs", WAITS),
  withSwitch("lies", "the fence device says yes and does nothing", { ends: ["both"] }),
];
