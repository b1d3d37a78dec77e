// A real cluster loses the node that serves, gets it back, and is told by an operator to move: `systole explain` on the survivor tells
// what led to what, `systole events` has followed it, and a restart of the daemon has forgotten nothing.
import { afterAll, beforeAll, expect, it } from "vitest";
import { CLUSTER_ADDRESS, NODE_NAMES } from "./cluster-files.js";
import { closeLab, describeInLab, PATIENCE_MS, settledOn, systole } from "./in-lab.js";
import { Lab } from "./lab.js";
import { LAUNCHER } from "./programs.js";
import { waitFor } from "./wait.js";

describeInLab("a cluster that tells why", () => {
  let lab: Lab;
  const followed: string[] = [];
  let endFollowing: () => void;

  beforeAll(async () => {
    lab = await Lab.open({ implementation: "systole" });
    await Promise.all(NODE_NAMES.map((name) => lab.node(name).start()));
    await settledOn(lab, "master");
    endFollowing = follow();
  });
  afterAll(async () => {
    endFollowing();
    await closeLab(lab);
  });

  /** `systole events --follow` on the survivor, as programs read it. */
  function follow(): () => void {
    const command = [process.execPath, LAUNCHER, "events", "--follow", "--json"];
    const child = lab.node("cluster1").host.spawn(command, ["ignore", "pipe", "ignore"]);
    let text = "";
    child.stdout?.on("data", (bytes: Buffer) => {
      text += bytes.toString();
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      followed.push(...lines.map((line) => (JSON.parse(line) as { name: string }).name));
    });
    return () => child.kill("SIGKILL");
  }

  const until = (what: string, probe: () => boolean | Promise<boolean>): Promise<unknown> =>
    waitFor(what, probe, {
      timeoutMs: PATIENCE_MS,
      everyMs: 100,
      describe: () => lab.node("cluster1").logTail(),
    });
  const told = (name: string, ...more: readonly string[]): Promise<string> =>
    systole(lab, "cluster1", "explain", name, ...more);
  async function explains(name: string, chain: RegExp): Promise<void> {
    let text = "";
    const isTold = async (): Promise<boolean> => {
      text = await told(name);
      return chain.test(text.replaceAll(/\s+/g, " "));
    };
    await waitFor(`a story like ${String(chain)}`, isTold, {
      timeoutMs: PATIENCE_MS,
      everyMs: 200,
      describe: () => text,
    });
  }

  it("tells how the active node's death led to a takeover, and how long nobody served", async () => {
    await lab.node("master").losePower(CLUSTER_ADDRESS);
    await until("cluster1 to serve", () => lab.holders.now().join() === "cluster1");
    await explains(
      CLUSTER_ADDRESS,
      /master is heard for the last time[^]*cluster1 calls master dead[^]*cluster1 claims 10\.10\.180\.220\S*: master is dead[^]*has started nginx \(\d+\.\d\ds\)[^]*was not served for \d+\.\d\ds, as cluster1 could/,
    );
    expect(await told("nginx")).toContain("master did not tell");
    expect(await told("master")).toContain("claims 10.10.180.220");
    await until("the follower to have heard it", () => followed.includes("resource.started"));
    expect(followed.indexOf("node.changed")).toBeLessThan(followed.indexOf("group.claimed"));
    expect(followed.indexOf("group.claimed")).toBeLessThan(followed.indexOf("resource.started"));
  });

  it("tells the same of the past when the daemon has begun a new life, and why the group went home", async () => {
    const moment = new Date().toISOString();
    await lab.node("master").start();
    await settledOn(lab, "master");
    await explains("nginx", /gives 10\.10\.180\.220\S* to master[^]*has stopped nginx[^]*started on master/);
    await lab.node("cluster1").stop();
    expect(await told("nginx", "--at", moment)).toMatch(
      /started on cluster1[^]*calls master dead[^]*has started nginx/,
    );
    await lab.node("cluster1").start();
    await settledOn(lab, "master");
    await until(
      "the follower to have found the new daemon",
      () => followed.lastIndexOf("daemon.configured") > followed.indexOf("daemon.stopped"),
    );
  });

  it("moves one group for an operator, restarts one resource, and tells who asked", async () => {
    expect(await systole(lab, "cluster1", "move", "nginx", "cluster1")).toContain("runs on cluster1");
    await explains(
      "nginx",
      /asked by an operator: move \S+ cluster1[^]*claims 10\.10\.180\.220[^]*has started nginx/,
    );
    expect(JSON.parse(await systole(lab, "cluster1", "restart", "nginx", "--json"))).toMatchObject({
      ok: true,
      reason: "nginx was restarted",
    });
    await explains(
      "nginx",
      /operator: restart nginx[^]*restarts nginx[^]*has stopped nginx[^]*has started nginx/,
    );
    expect(lab.holders.now()).toEqual(["cluster1"]);
  });
});
