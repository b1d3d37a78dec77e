// Services that fail while the node is well: restarted where they are, or served by the other node. With LAB_FIGURES=FILE the
// gaps that clients saw are written there, as the table of docs/recovery.md.
import { appendFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { runAct, type ActResult } from "./act-runner.js";
import { activeNode } from "./acts.js";
import { CLUSTER_ADDRESS, nginxConf, NODE_NAMES } from "./cluster-files.js";
import { sendSignal } from "./host.js";
import { closeLab, describeInLab, PATIENCE_MS, settledOn, statusOf, systole } from "./in-lab.js";
import { Lab } from "./lab.js";
import type { HostProcess } from "./processes.js";
import { waitFor } from "./wait.js";

/** Watched often, so that a test need not wait; nothing else is set. */
const SYSTOLE_YAML = {
  path: "/etc/ha.d/systole.yaml",
  text: "defaults:\n  monitor: { every: 500ms }\n  timeouts: { monitor: 2s }\n",
};
const NGINX_CONF = "/etc/nginx/nginx.conf";
/** Takes the port as soon as it is free, and answers nobody. */
const INTRUDER = `
const { createServer } = require("node:net");
const take = () => createServer((socket) => socket.destroy()).on("error", () => setTimeout(take, 1)).listen(80, "0.0.0.0");
take();`;

describeInLab("a service that fails", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open({
      implementation: "systole",
      files: { master: [SYSTOLE_YAML], cluster1: [SYSTOLE_YAML] },
    });
    await Promise.all(NODE_NAMES.map((name) => lab.node(name).start()));
    await settledOn(lab, "master");
  });

  const nginx = (): HostProcess[] =>
    lab
      .node("master")
      .host.processes()
      .filter(({ program, state }) => program === "nginx" && state !== "Z");

  const endNginx = (): void => {
    for (const { pid } of nginx()) sendSignal(pid, "SIGKILL");
  };

  /** The failures of the group on master that cluster1 knows of: what a third party would see. */
  async function failures(): Promise<number> {
    const { groups } = await statusOf(lab, "cluster1");
    return groups[0]?.failures?.find(({ node }) => node === "master")?.count ?? 0;
  }

  const isCounted = async (): Promise<boolean> => (await failures()) > 0;
  const isPutBack = (): boolean => lab.node("master").logTail(500).includes("address.put-back");

  /** Does harm on master; resolves when it is noticed, for others than an address's by everybody, and somebody serves again. */
  async function harm(
    title: string,
    expected: "master" | "cluster1",
    perform: () => void | Promise<void>,
    isNoticed: () => boolean | Promise<boolean> = isCounted,
  ): Promise<ActResult> {
    expect(activeNode(lab)).toBe("master");
    const act = {
      id: "harm",
      title,
      expected: () => expected,
      perform: async () => {
        await perform();
        await waitFor("the failure to be noticed", isNoticed, {
          timeoutMs: PATIENCE_MS,
          everyMs: 50,
          describe: () => lab.node("master").logTail(),
        });
      },
    };
    const result = await runAct(lab, act, { timeoutMs: PATIENCE_MS });
    const file = process.env.LAB_FIGURES;
    if (file !== undefined)
      appendFileSync(file, `| ${title} | ${expected} | ${String(result.longestGapMs)} |\n`);
    return result;
  }

  it("nginx's master killed with -9: restarted in place, the orphaned workers ended", async () => {
    const before = new Set(nginx().map(({ pid }) => pid));
    const result = await harm("nginx's master killed with -9", "master", () => {
      const master = nginx().find(({ parentPid }) => !before.has(parentPid));
      expect(master).toBeDefined();
      sendSignal(master?.pid ?? -1, "SIGKILL");
    });
    expect(result.reason).toBeUndefined();
    expect(nginx().filter(({ pid }) => before.has(pid))).toEqual([]);
  });

  it("every process of nginx killed with -9: restarted in place", async () => {
    const result = await harm("every process of nginx killed with -9", "master", endNginx);
    expect(result.reason).toBeUndefined();
  });

  it("nginx deadlocked, every process of it stopped: restarted in place", async () => {
    const result = await harm("nginx deadlocked (SIGSTOP)", "master", () => {
      for (const { pid } of nginx()) sendSignal(pid, "SIGSTOP");
    });
    expect(result.reason).toBeUndefined();
  });

  it("the address removed behind our back: it is put back before its status is asked for", async () => {
    const remove = async (): Promise<void> => {
      const { host } = lab.node("master");
      await host.must(["ip", "address", "del", `${CLUSTER_ADDRESS}/24`, "dev", "eth0"]);
    };
    const result = await harm("the address removed", "master", remove, isPutBack);
    expect(result.reason).toBeUndefined();
  });

  it("a configuration that is broken, found at the restart: the other node serves", async () => {
    const result = await harm("a broken configuration, then a kill", "cluster1", () => {
      lab.node("master").write([{ path: NGINX_CONF, text: "events {}\nhttp { serve }\n" }]);
      endNginx();
    });
    expect(result.reason).toBeUndefined();
    lab.node("master").write([{ path: NGINX_CONF, text: nginxConf() }]);
  });

  it("no space left for nginx's files: the other node serves", async () => {
    const { host } = lab.node("master");
    // One inode is the directory itself.
    const mount = ["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=1", "none", "/var/log/nginx"];
    const result = await harm("a full disk, then a kill", "cluster1", async () => {
      await host.must(mount);
      endNginx();
    });
    expect(result.reason).toBeUndefined();
    await host.must(["umount", "/var/log/nginx"]);
  });

  it("the port taken by another program: the other node serves", async () => {
    const { host } = lab.node("master");
    const intruder = host.spawn([process.execPath, "-e", INTRUDER], "ignore");
    try {
      await waitFor("the intruder to lie in wait", () => host.processes().some(isIntruder), {
        timeoutMs: 10_000,
      });
      const result = await harm("the port taken by another program", "cluster1", endNginx);
      expect(result.reason).toBeUndefined();
    } finally {
      for (const { pid } of host.processes().filter(isIntruder)) sendSignal(pid, "SIGKILL");
      intruder.kill("SIGKILL");
    }
  });

  it("failures one after the other end with the group on the other node", async () => {
    for (let count = 1; count <= 2; count += 1) {
      const before = await failures();
      endNginx();
      await waitFor("the failure to be counted", async () => (await failures()) > before, {
        timeoutMs: PATIENCE_MS,
        everyMs: 50,
      });
      expect(await settledOn(lab, "master")).toBe("master");
    }
    endNginx();
    expect(await settledOn(lab, "cluster1")).toBe("cluster1");
    const { groups } = await statusOf(lab, "cluster1");
    expect(groups[0]?.failures).toEqual([{ node: "master", count: 3, exhausted: true }]);
  });

  /** As an operator would: what was broken is mended, so the failures are forgotten, and the group goes home. */
  afterEach(async () => {
    await systole(lab, "cluster1", "cleanup");
    await waitFor("the failures to be forgotten", async () => (await failures()) === 0, {
      timeoutMs: PATIENCE_MS,
      everyMs: 50,
    });
    if (activeNode(lab) !== "master") await systole(lab, "master", "takeover");
    await settledOn(lab, "master");
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});

function isIntruder({ commandLine }: HostProcess): boolean {
  return commandLine.includes("createServer((socket)");
}
