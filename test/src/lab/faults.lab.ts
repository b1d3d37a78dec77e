// Faults that nobody announces: a daemon killed or frozen, a network that fails beyond the switch or between the nodes only.
import { afterAll, beforeAll, expect, it } from "vitest";
import { namesOf } from "./answers.js";
import { NODE_NAMES, type NodeName } from "./cluster-files.js";
import { closeLab, describeInLab, joined, openStarted, PATIENCE_MS, settledOn } from "./in-lab.js";
import { situation } from "./act-runner.js";
import type { Lab } from "./lab.js";
import { monotonicMs, pause, waitFor } from "./wait.js";

/** Resolves when every answer of the last half second came from `node`, whoever else still has the address. */
async function answeredOnlyBy(lab: Lab, node: NodeName): Promise<void> {
  await waitFor(
    `${node} to answer`,
    () => {
      const recent = lab.answers.since(monotonicMs() - 500);
      return recent.length > 10 && recent.every((one) => one.answeredBy === node);
    },
    { timeoutMs: PATIENCE_MS, everyMs: 50, describe: () => situation(lab) },
  );
}

describeInLab("faults without notice", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await openStarted({ implementation: "systole" });
  });

  // What holds: users are served by the other node. What does not: nobody is left on the killed daemon's host to take the
  // address away, so it stays there, unused, until a daemon is started again. Fencing is what would change that.
  it("kill -9 of the active daemon: the other node takes over", async () => {
    await lab.node("master").killHard();
    await waitFor("cluster1 to take the address", () => lab.holders.now().includes("cluster1"), {
      timeoutMs: PATIENCE_MS,
      describe: () => situation(lab),
    });
    await answeredOnlyBy(lab, "cluster1");
    expect(lab.node("master").daemonProcesses()).toEqual([]);
  });

  it("a daemon started after kill -9 settles what it left behind", async () => {
    await lab.node("master").start();
    expect(await settledOn(lab, "master")).toBe("master");
  });

  it("kill -9 of the idle daemon: nothing moves", async () => {
    const sinceMs = monotonicMs();
    await lab.node("cluster1").killHard();
    await pause(2500); // Longer than deadtime: the time in which something could wrongly move.
    expect(namesOf(lab.answers.since(sinceMs))).toEqual(["master"]);
    expect(lab.holders.now()).toEqual(["master"]);
    await lab.node("cluster1").start();
    await joined(lab, "cluster1");
    expect(await settledOn(lab, "master")).toBe("master");
  });

  it("a fault beyond the switch is seen without losing the carrier, and ends with one holder", async () => {
    await lab.cutBeyondSwitch("master");
    expect(await settledOn(lab, "cluster1")).toBe("cluster1");
    await lab.mendBeyondSwitch("master");
    expect(await settledOn(lab, "master")).toBe("master");
  });

  it("a partition of the nodes alone ends, once healed, with one holder", async () => {
    await lab.separateNodes();
    await waitFor("both nodes to take the address", () => lab.holders.now().length === NODE_NAMES.length, {
      timeoutMs: PATIENCE_MS,
      describe: () => situation(lab),
    });
    await lab.rejoinNodes();
    expect(await settledOn(lab, "master")).toBe("master");
  });

  it("a daemon frozen for longer than deadtime ends, once thawed, with one holder", async () => {
    lab.node("master").freeze();
    await waitFor("cluster1 to take the address", () => lab.holders.now().includes("cluster1"), {
      timeoutMs: PATIENCE_MS,
      describe: () => situation(lab),
    });
    await answeredOnlyBy(lab, "cluster1");
    lab.node("master").thaw();
    expect(await settledOn(lab, "master")).toBe("master");
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});
