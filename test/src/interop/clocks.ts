// Each node's own clock, turned while the cluster runs: nobody may notice.
import { giveClock, turnClock } from "../lab/clocks.js";
import { NODE_NAMES, pause, type Act, type Lab, type NodeName } from "../lab/index.js";
import { unharmed } from "./unharmed.js";

/** Every start from now on has its own clock, which goes right. */
export function giveClocks(one: Act): Act {
  return {
    ...one,
    perform: (lab) => {
      for (const name of NODE_NAMES) giveClock(lab.node(name));
      return one.perform(lab);
    },
  };
}

export function setBackAnHour(node: NodeName): Act {
  return unharmed(`clock-${node}`, `the clock of ${node} set back an hour`, (lab) => turn(lab, node, "-1h"));
}

export function setRight(node: NodeName): Act {
  return unharmed(`clock-right-${node}`, `the clock of ${node} set right`, (lab) => turn(lab, node, "+0"));
}

async function turn(lab: Lab, node: NodeName, offset: string): Promise<void> {
  turnClock(lab.node(node), offset);
  await pause(5000);
}
