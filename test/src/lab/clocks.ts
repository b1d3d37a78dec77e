// A clock of its own for a node's daemon: its time of day comes from a file through Debian's libfaketime; monotonic time stays.
import { readdirSync } from "node:fs";
import type { LabNode } from "./node.js";
import { LabError } from "./wait.js";

const CLOCK_FILE = "/var/log/clock";

/** Every start from now on has its own clock, which goes right. */
export function giveClock(node: LabNode): void {
  turnClock(node, "+0");
  node.environment = {
    ...node.environment,
    LD_PRELOAD: libraryPath(),
    FAKETIME_TIMESTAMP_FILE: CLOCK_FILE,
    FAKETIME_CACHE_DURATION: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

/** Sets the clock off by, e.g., `-1h`; seen within a second. */
export function turnClock(node: LabNode, offset: string): void {
  node.write([{ path: CLOCK_FILE, text: `${offset}\n` }]);
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
