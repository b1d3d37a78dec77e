// What heartbeat knew of nodes that joined by themselves (`hostcache`) survives the change to Systole, and the way back.
import { afterAll, beforeAll, expect, it } from "vitest";
import { closeLab, PATIENCE_MS, statusOf, systole } from "../lab/in-lab.js";
import { sendSignal } from "../lab/host.js";
import {
  Lab,
  LabError,
  NODE_NAMES,
  nodeFiles,
  waitFor,
  type LabNode,
  type NodeName,
  type ViewFile,
} from "../lab/index.js";
import { describeInterop } from "./chain.js";
import { allAnswer, allKnow, asked, oldCommand } from "./questions.js";

const HEARTBEAT = "/usr/libexec/heartbeat/heartbeat";
const HOSTCACHE = "/var/lib/heartbeat/hostcache";
const DELHOSTCACHE = "/var/lib/heartbeat/delhostcache";

/** Nodes join by themselves and there are no resources: what heartbeat calls `-M`. */
function joiningFiles(name: NodeName): readonly ViewFile[] {
  const { haCf } = nodeFiles(name, { initdeadSeconds: 6 });
  const kept = haCf.split("\n").filter((line) => !/^(node|respawn|auto_failback) /.test(line));
  return [
    { path: "/etc/ha.d/ha.cf", text: `${kept.join("\n")}autojoin any\n` },
    { path: "/etc/ha.d/haresources", text: "" },
  ];
}

function startHeartbeat(node: LabNode): void {
  node.host.spawn([HEARTBEAT, "-f", "-M"], "ignore");
}

async function stopHeartbeat(node: LabNode): Promise<void> {
  const main = node.daemonProcesses().find(({ commandLine }) => commandLine.includes("master control"));
  if (main === undefined) throw new LabError(`no heartbeat runs on ${node.name}`);
  sendSignal(main.pid, "SIGTERM");
  await waitFor(`heartbeat to end on ${node.name}`, () => node.daemonProcesses().length === 0, {
    timeoutMs: 60_000,
    describe: () => node.logTail(),
  });
}

describeInterop("nodes that joined by themselves, over a change of the daemon", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open({
      implementation: "heartbeat",
      implementations: { cluster1: "systole" },
      files: { master: joiningFiles("master"), cluster1: joiningFiles("cluster1") },
    });
    lab.node("cluster1").become("heartbeat");
    for (const name of NODE_NAMES) startHeartbeat(lab.node(name));
    await allKnow(lab, ["master", "cluster1"]);
    await oldCommand(lab.node("master"), "hb_addnode", "third");
    await allKnow(lab, ["master", "cluster1", "third"]);
    await oldCommand(lab.node("master"), "hb_setweight", "third", "55");
    await allAnswer(lab, "55", "nodeweight", "third");
    await stopHeartbeat(lab.node("cluster1"));
  });

  it("Systole knows whom heartbeat knew", async () => {
    expect(lab.node("cluster1").read(HOSTCACHE)).toMatch(/^third\t[0-9a-f-]{36}\t55\t/m);
    lab.node("cluster1").become("systole");
    await lab.node("cluster1").start();
    await waitFor(
      "cluster1 to see master",
      async () => {
        const { nodes } = await statusOf(lab, "cluster1").catch(() => ({ nodes: [] }));
        return nodes.some(({ name, state }) => name === "master" && state === "active");
      },
      { timeoutMs: PATIENCE_MS },
    );
    expect(await allKnow(lab, ["master", "cluster1", "third"])).toHaveLength(3);
    // No node tells another what a third one weighs.
    expect(await asked(lab.node("cluster1"), "nodeweight", "third")).toBe("55");
  });

  it("what Systole changes is where heartbeat looks for it", async () => {
    await allAnswer(lab, "dead", "nodestatus", "third");
    await systole(lab, "cluster1", "node", "delete", "third");
    await systole(lab, "cluster1", "node", "add", "fourth");
    await systole(lab, "cluster1", "node", "weight", "fourth", "44");
    expect(await allKnow(lab, ["master", "cluster1", "fourth"])).toHaveLength(3);
    const cluster1 = lab.node("cluster1");
    await waitFor("the files", () => cluster1.read(HOSTCACHE).includes("fourth\t"), { timeoutMs: 5000 });
    expect(cluster1.read(HOSTCACHE)).toMatch(/^fourth\t[0-9a-f-]{36}\t44\t$/m);
    expect(cluster1.read(HOSTCACHE)).not.toContain("third");
    expect(cluster1.read(DELHOSTCACHE)).toMatch(/^third\t/m);
  });

  it("heartbeat goes on with the nodes of today", async () => {
    const cluster1 = lab.node("cluster1");
    expect(await cluster1.stop()).toBe(0);
    cluster1.become("heartbeat");
    startHeartbeat(cluster1);
    expect(await allKnow(lab, ["master", "cluster1", "fourth"])).toHaveLength(3);
    expect(await asked(cluster1, "nodeweight", "fourth")).toBe("44");
    await stopHeartbeat(cluster1);
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});
