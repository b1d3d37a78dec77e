// Nodes are added, weighed, placed and deleted while the cluster runs, on either side: both daemons agree afterwards, nothing
// moves, and nobody dies.
import { afterAll, beforeAll, expect, it } from "vitest";
import { closeLab, settledOn, systole } from "../lab/in-lab.js";
import { Lab, LabError, monotonicMs, NODE_NAMES, pause, runAct, type LabNode } from "../lab/index.js";
import { COLD_START } from "./acts.js";
import { atRest } from "./at-rest.js";
import { describeInterop } from "./chain.js";
import { MIXED } from "./pairing.js";
import { allAnswer, allKnow, nodesOf, oldCommand } from "./questions.js";

const DONE = { code: 0 };

/** What all tests of one cluster share; filled when it runs. */
class EditedCluster {
  private running: Lab | undefined;

  get lab(): Lab {
    if (this.running === undefined) throw new LabError("the lab is not open");
    return this.running;
  }

  /** The node that runs heartbeat. */
  get theirs(): LabNode {
    return this.nodeThatRuns("heartbeat");
  }

  get ours(): LabNode {
    return this.nodeThatRuns("systole");
  }

  async start(implementations: (typeof MIXED)[number]["implementations"]): Promise<void> {
    const variant = { initdeadSeconds: 6 };
    this.running = await Lab.open({ implementation: "heartbeat", implementations, variant });
    const started = await runAct(this.lab, COLD_START, { timeoutMs: 60_000 });
    if (started.reason !== undefined) throw new LabError(started.reason);
    await atRest(this.lab);
  }

  /** The process that leads each daemon: another one afterwards would be a restart. */
  leaders(): readonly number[] {
    return NODE_NAMES.map((name) =>
      Math.min(
        ...this.lab
          .node(name)
          .daemonProcesses()
          .map(({ pid }) => pid),
      ),
    );
  }

  close(): Promise<void> {
    return closeLab(this.running);
  }

  private nodeThatRuns(implementation: "heartbeat" | "systole"): LabNode {
    const name = NODE_NAMES.find((candidate) => this.lab.node(candidate).implementation === implementation);
    if (name === undefined) throw new LabError(`no node runs ${implementation}`);
    return this.lab.node(name);
  }
}

function additions(cluster: EditedCluster): void {
  it("a node that heartbeat adds is known to both", async () => {
    expect(await oldCommand(cluster.theirs, "hb_addnode", "third")).toMatchObject(DONE);
    expect(await allKnow(cluster.lab, ["master", "cluster1", "third"])).toHaveLength(3);
  });

  it("a node that Systole adds is known to both", async () => {
    expect(await oldCommand(cluster.ours, "hb_addnode", "fourth")).toMatchObject(DONE);
    expect(await allKnow(cluster.lab, ["master", "cluster1", "third", "fourth"])).toHaveLength(4);
  });

  it("weights and sites reach the other side", async () => {
    const { lab, theirs, ours } = cluster;
    expect(await oldCommand(theirs, "hb_setweight", "third", "55")).toMatchObject(DONE);
    expect(await oldCommand(theirs, "hb_setsite", "master", "berlin")).toMatchObject(DONE);
    expect(await oldCommand(ours, "hb_setweight", "cluster1", "70")).toMatchObject(DONE);
    expect(await oldCommand(ours, "hb_setsite", "fourth", "paris")).toMatchObject(DONE);
    expect(await allAnswer(lab, "55", "nodeweight", "third")).toBe("55");
    expect(await allAnswer(lab, "70", "nodeweight", "cluster1")).toBe("70");
    expect(await allAnswer(lab, "berlin", "nodesite", "master")).toBe("berlin");
    expect(await allAnswer(lab, "paris", "nodesite", "fourth")).toBe("paris");
    expect(await systole(lab, ours.name, "status")).toMatch(/ third .*\n +weight 55\n/);
  });
}

function deletions(cluster: EditedCluster): void {
  it("nobody deletes a node that lives", async () => {
    const { lab, theirs, ours } = cluster;
    const refused = await oldCommand(ours, "hb_delnode", theirs.name);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("is not dead; stop it first") });
    // heartbeat's command knows nothing of the outcome.
    expect(await oldCommand(theirs, "hb_delnode", ours.name)).toMatchObject(DONE);
    await pause(1500);
    for (const name of NODE_NAMES)
      expect(await nodesOf(lab.node(name))).toEqual(["cluster1", "fourth", "master", "third"]);
  });

  it("dead nodes that heartbeat deletes are gone on both", async () => {
    const { lab, theirs } = cluster;
    await allAnswer(lab, "dead", "nodestatus", "third");
    await allAnswer(lab, "dead", "nodestatus", "fourth");
    expect(await oldCommand(theirs, "hb_delnode", "third", "fourth")).toMatchObject(DONE);
    expect(await allKnow(lab, ["master", "cluster1"])).toHaveLength(2);
  });

  it("a dead node that Systole deletes is gone on both", async () => {
    const { lab, ours } = cluster;
    await systole(lab, ours.name, "node", "add", "fifth");
    await allKnow(lab, ["master", "cluster1", "fifth"]);
    await allAnswer(lab, "dead", "nodestatus", "fifth");
    expect(await systole(lab, ours.name, "node", "delete", "fifth")).toBe("done, and told to the others\n");
    expect(await allKnow(lab, ["master", "cluster1"])).toHaveLength(2);
  });
}

for (const { id, implementations } of MIXED) {
  describeInterop(`changes of the list of nodes ${id}`, () => {
    const cluster = new EditedCluster();
    let leaders: readonly number[] = [];
    let sinceMs = 0;

    beforeAll(async () => {
      await cluster.start(implementations);
      leaders = cluster.leaders();
      sinceMs = monotonicMs();
    });

    additions(cluster);
    deletions(cluster);

    it("nothing has moved, and nobody has died", async () => {
      expect(await settledOn(cluster.lab, "master")).toBe("master");
      expect(cluster.lab.holders.timeWith((count) => count !== 1, sinceMs, monotonicMs())).toBe(0);
      expect(cluster.leaders()).toEqual(leaders);
    });

    it("a node that was away is told when it returns", async () => {
      const { lab } = cluster;
      expect(await lab.node("cluster1").stop(60_000)).toBe(0);
      expect(await oldCommand(lab.node("master"), "hb_addnode", "sixth")).toMatchObject(DONE);
      await lab.node("cluster1").start();
      expect(await allKnow(lab, ["master", "cluster1", "sixth"])).toHaveLength(3);
      expect(await settledOn(lab, "master")).toBe("master");
    });

    afterAll(async () => {
      await cluster.close();
    });
  });
}
