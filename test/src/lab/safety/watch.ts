// One observer a node, from before the cluster is started until the lab is closed.
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CLUSTER_ADDRESS, LabError, monotonicMs, NODE_NAMES, waitFor, type Lab } from "../index.js";
import { OwnerLog, type Sight } from "./owner-log.js";

/** Built: it runs as a program of its own, on a host of the lab. */
const PROGRAM = fileURLToPath(new URL("../../../dist/lab/safety/observer.js", import.meta.url));
const LOOK_EVERY_MS = 5;
const ASK_EVERY_MS = 25;
const PATIENCE_MS = 10_000;

export class OwnerWatch {
  readonly log = new OwnerLog();
  private readonly observers: ChildProcess[] = [];

  /** Resolves when every observer has looked. */
  static async start(lab: Lab): Promise<OwnerWatch> {
    const watch = new OwnerWatch();
    const silent = new Set<string>(NODE_NAMES);
    for (const name of NODE_NAMES) {
      const args = [CLUSTER_ADDRESS, String(LOOK_EVERY_MS), String(ASK_EVERY_MS)];
      const observer = lab
        .node(name)
        .host.spawn([process.execPath, PROGRAM, ...args], ["pipe", "pipe", "inherit"]);
      observer.stdin?.on("error", () => undefined);
      if (observer.stdout === null) throw new LabError("an observer without output");
      createInterface({ input: observer.stdout }).on("line", (line) => {
        silent.delete(name);
        watch.log.add(name, JSON.parse(line) as Sight);
      });
      // It ends before the lab only when its machine does: a machine that is off has nothing and answers nobody.
      observer.on("close", () =>
        watch.log.add(name, { atMs: monotonicMs(), configured: false, answers: false }),
      );
      watch.observers.push(observer);
    }
    await waitFor("the observers to look", () => silent.size === 0, { timeoutMs: PATIENCE_MS });
    return watch;
  }

  close(): void {
    for (const observer of this.observers) observer.stdin?.end();
  }
}
