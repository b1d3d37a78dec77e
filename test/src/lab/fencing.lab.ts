// Fencing as it is meant: a node that falls silent loses its power before anything of it starts elsewhere, whatever is wrong
// with the switch; and of two that have lost each other the one with the service stays.
import { afterAll, beforeAll, expect, it } from "vitest";
import { situation } from "./act-runner.js";
import { NODE_NAMES, type NodeName } from "./cluster-files.js";
import { closeLab, describeInLab, joined, PATIENCE_MS, settledOn, systole } from "./in-lab.js";
import { Lab } from "./lab.js";
import { LabPower, machinesOf, powerFiles } from "./power.js";
import { LAUNCHER } from "./programs.js";
import { sendSignal } from "./host.js";
import { monotonicMs, pause, waitFor } from "./wait.js";

const DEAD_MS = 2000;
const AFTER_HOOK = "/etc/ha.d/told";
const TOLD = "/var/log/told";
/** Nothing but the switch keeps two nodes from having the address: no guard. */
const SYSTOLE_YAML = `addresses: { guard: off }
plugins: [{ use: ./power }]
fence: [power]
fencing:
  action: off
  timeout: 2s
  priority-delay: 3s
  retry: { first: 1s, longest: 2s }
  after: [{ program: ${AFTER_HOOK} }]
resources:
  nginx: { on-fail: fence, monitor: { every: 500ms } }
`;

describeInLab("fencing", () => {
  let lab: Lab;
  let power: LabPower;

  beforeAll(async () => {
    const files = [
      ...powerFiles(),
      { path: "/etc/ha.d/systole.yaml", text: SYSTOLE_YAML },
      {
        path: AFTER_HOOK,
        text: `#!/bin/sh\necho "$SYSTOLE_FENCE_NODE $SYSTOLE_FENCE_RESULT" >> ${TOLD}\n`,
        mode: 0o755,
      },
    ];
    lab = await Lab.open({
      implementation: "systole",
      variant: { deadtimeSeconds: DEAD_MS / 1000, initdeadSeconds: 6 },
      files: { master: files, cluster1: files },
    });
    power = new LabPower(machinesOf(lab));
    await Promise.all(NODE_NAMES.map((name) => lab.node(name).start()));
    await settledOn(lab, "master");
    await joined(lab, "master");
  });

  /** Both serve again, the group at home, as before. */
  async function whole(): Promise<void> {
    power.behaviour = "works";
    for (const name of NODE_NAMES) await power.switchOn(name);
    await settledOn(lab, "master");
    await joined(lab, "master");
  }

  /** What a node's daemon says of fencing. */
  async function ask<Document>(node: NodeName, ...question: readonly string[]): Promise<Document> {
    const answer = await lab
      .node(node)
      .host.run([process.execPath, LAUNCHER, "fence", ...question, "--json"]);
    return JSON.parse(answer.stdout) as Document;
  }

  function waitUntil(
    what: string,
    probe: () => boolean | Promise<boolean>,
    timeoutMs = PATIENCE_MS,
  ): Promise<boolean> {
    return waitFor(what, probe, { timeoutMs, everyMs: 50, describe: () => situation(lab) });
  }

  /** The other node has lost its power, and `by` serves. */
  async function takenOver(by: NodeName): Promise<NodeName> {
    await waitUntil(`${lab.peerOf(by)} to lose its power`, () => power.isOff(lab.peerOf(by)));
    return settledOn(lab, by);
  }

  /** How long two nodes had the address since then. */
  const doublyHeldMs = (sinceMs: number) =>
    lab.holders.timeWith((count) => count > 1, sinceMs, monotonicMs());

  it("systole fence test: the device knows the node and answers; nothing is switched", async () => {
    expect(await systole(lab, "master", "fence", "test", "cluster1")).toContain("cluster1 can be fenced");
    expect(await systole(lab, "master", "fence", "list")).toMatch(/power +master, cluster1/);
    expect(power.asked.filter(({ action }) => action !== "status")).toEqual([]);
  });

  it("a takeover waits for a switch that hangs, says so, and happens when it works", async () => {
    const sinceMs = monotonicMs();
    power.behaviour = "hangs";
    lab.node("master").freeze();
    await waitUntil("an attempt to fail", async () => {
      const { cases } = await ask<{ cases: readonly { failures: number }[] }>("cluster1", "status");
      return (cases[0]?.failures ?? 0) > 0;
    });
    expect(lab.holders.now()).toEqual(["master"]);
    expect(await systole(lab, "cluster1", "status")).toMatch(/master must be fenced: master fell silent/);
    power.behaviour = "works";
    expect(await takenOver("cluster1")).toBe("cluster1");
    expect(lab.node("master").daemonProcesses()).toEqual([]);
    expect(doublyHeldMs(sinceMs)).toBe(0);
  });

  it("the history tells it, also after a restart; programs were told; a fenced node that comes back is noticed", async () => {
    type History = { readonly records: readonly { node: string; ok: boolean; how: string; by: string }[] };
    const { records } = await ask<History>("cluster1", "history");
    expect(records.some(({ ok }) => !ok)).toBe(true);
    expect(records.at(-1)).toMatchObject({ node: "master", by: "cluster1", ok: true });
    expect(records.at(-1)?.how).toBe("off by power, whose status says so");
    await waitUntil("the program to be told", () => lab.node("cluster1").read(TOLD).includes("master ok\n"));
    expect(lab.node("cluster1").read(TOLD)).toContain("master failed\n");
    await whole();
    expect(lab.node("cluster1").read("/var/log/daemon.log")).toContain("fence.node-back");
    await lab.node("cluster1").stop();
    await lab.node("cluster1").start();
    await joined(lab, "cluster1");
    expect((await ask<History>("cluster1", "history")).records).toEqual(records);
  });

  it("a switch that says yes without doing it is caught; a person who has looked is believed", async () => {
    const sinceMs = monotonicMs();
    power.behaviour = "lies";
    await lab.node("master").killHard();
    await waitUntil(
      "the lie to be caught",
      () =>
        /fence\.device-failed.*its status is still on/.test(lab.node("cluster1").read("/var/log/daemon.log")),
      2 * PATIENCE_MS,
    );
    expect(lab.holders.now()).toEqual(["master"]);
    await power.switchOff("master");
    expect(await systole(lab, "cluster1", "fence", "confirm", "master", "--yes")).toContain(
      "counts as fenced",
    );
    expect(await takenOver("cluster1")).toBe("cluster1");
    expect(doublyHeldMs(sinceMs)).toBe(0);
    await whole();
  });

  it.each(NODE_NAMES)("a cluster that falls into two keeps %s, which serves, and no other", async (owner) => {
    const other = lab.peerOf(owner);
    if (owner !== "master") await systole(lab, "master", "standby");
    await settledOn(lab, owner);
    await joined(lab, owner);
    const sinceMs = monotonicMs();
    const before = power.orders("off").length;
    await lab.separateNodes();
    await waitUntil(`${other} to lose its power`, () => power.isOff(other));
    await pause(DEAD_MS + 4000); // Longer than deadtime and the head start: the time in which the owner could wrongly be fenced.
    expect(lab.node(owner).daemonProcesses().length).toBeGreaterThan(0);
    expect(power.orders("off").slice(before)).toMatchObject([{ by: owner, node: other }]);
    expect(lab.holders.now()).toEqual([owner]);
    expect(lab.holders.timeWith((count) => count !== 1, sinceMs, monotonicMs())).toBe(0);
    await lab.rejoinNodes();
    await whole();
  });

  it("on-fail: fence, a node that has lost control of its service loses its power before the other serves", async () => {
    const sinceMs = monotonicMs();
    const before = power.orders("off").length;
    const nginx = lab
      .node("master")
      .host.processes()
      .filter(({ program, state }) => program === "nginx" && state !== "Z");
    for (const { pid } of nginx) sendSignal(pid, "SIGKILL");
    expect(await takenOver("cluster1")).toBe("cluster1");
    expect(power.orders("off").slice(before)).toMatchObject([{ by: "cluster1", node: "master" }]);
    expect(doublyHeldMs(sinceMs)).toBe(0);
    await whole();
  });

  it("systole fence NODE ends a living node, and only with --yes", async () => {
    const sinceMs = monotonicMs();
    const before = power.orders("off").length;
    const unsure = await lab.node("cluster1").host.run([process.execPath, LAUNCHER, "fence", "master"]);
    expect(unsure.code).toBe(64);
    expect(power.orders("off")).toHaveLength(before);
    expect(await systole(lab, "cluster1", "fence", "master", "--yes")).toContain(
      "master is fenced: off by power",
    );
    expect(lab.node("master").daemonProcesses()).toEqual([]);
    expect(await takenOver("cluster1")).toBe("cluster1");
    expect(doublyHeldMs(sinceMs)).toBe(0);
  });

  afterAll(async () => {
    power.close();
    await closeLab(lab);
  });
});
