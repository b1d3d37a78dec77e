// Each node's own clock: the daemon's time of day comes from a file through Debian's libfaketime; monotonic time stays.
import { readdirSync } from "node:fs";
import { LabError, NODE_NAMES, type Act, type Lab, type NodeName } from "../lab/index.js";
import { unharmed } from "./unharmed.js";

const CLOCK_FILE = "/var/log/clock";

/** Every start from now on has its own clock, which goes right. */
export function giveClocks(one: Act): Act {
  return {
    ...one,
    perform: (lab) => {
      for (const name of NODE_NAMES) {
        const node = lab.node(name);
        node.write([{ path: CLOCK_FILE, text: "+0\n" }]);
        node.environment = {
          LD_PRELOAD: libraryPath(),
          FAKETIME_TIMESTAMP_FILE: CLOCK_FILE,
          FAKETIME_CACHE_DURATION: "1",
          FAKETIME_DONT_FAKE_MONOTONIC: "1",
        };
      }
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
  lab.node(node).write([{ path: CLOCK_FILE, text: `${offset}\n` }]);
  await new Promise((resolve) => setTimeout(resolve, 5000));
}

function libraryPath(): string {
  for (const name of readdirSync("/usr/lib")) {
    const path = `/usr/lib/${name}/faketime`;
    try {
      if (readdirSync(path).includes("libfaketime.so.1")) return `${path}/libfaketime.so.1`;
    } catch {
      // Another architecture's directory, or something else.
    }
  }
  throw new LabError("missing: libfaketime (apt-get install faketime)");
}
