// A resource script that never comes back is ended with everything it started, and the group is served elsewhere.
import { afterAll, beforeAll, expect, it } from "vitest";
import { CLUSTER_ADDRESS, NODE_NAMES } from "./cluster-files.js";
import { closeLab, describeInLab } from "./in-lab.js";
import { settled } from "./act-runner.js";
import { Lab } from "./lab.js";
import { waitFor } from "./wait.js";

/** Longer than the daemon's limit for a start, and then the move. */
const PATIENCE_MS = 100_000;

/** Hangs in `start` on master, and leaves a child that a kill of the script alone would orphan. */
const SCRIPT = `#!/bin/sh
case "$1-$(uname -n)" in
  start-master) sleep 3601 & sleep 3602 ;;
  start-*) touch /run/hangs-on-master.started ;;
  stop-*) rm -f /run/hangs-on-master.started ;;
  status-*) if [ -e /run/hangs-on-master.started ]; then echo running; else echo stopped; exit 3; fi ;;
esac
`;

describeInLab("a resource script that hangs", () => {
  let lab: Lab;

  beforeAll(async () => {
    const script = { path: "/etc/ha.d/resource.d/hangs-on-master", text: SCRIPT, mode: 0o755 };
    lab = await Lab.open({
      implementation: "systole",
      variant: { resources: `${CLUSTER_ADDRESS}/24/eth0:0 nginx hangs-on-master` },
      files: { master: [script], cluster1: [script] },
    });
    await Promise.all(NODE_NAMES.map((name) => lab.node(name).start()));
  });

  const sleepers = (): number =>
    lab
      .node("master")
      .host.processes()
      .filter((one) => /^sleep 360[12]/.test(one.commandLine)).length;

  it(
    "is ended with its whole process group, and the other node serves",
    { timeout: 2 * PATIENCE_MS },
    async () => {
      await waitFor("the script to hang", () => sleepers() === 2, { timeoutMs: PATIENCE_MS });
      expect(lab.reachableHolders()).toEqual(["master"]);
      await waitFor("the script and its child to be ended", () => sleepers() === 0, {
        timeoutMs: PATIENCE_MS,
        everyMs: 100,
        describe: () => lab.node("master").logTail(),
      });
      await settled(lab, "cluster1", 800, PATIENCE_MS);
    },
  );

  afterAll(async () => {
    await closeLab(lab);
  });
});
