// The example's systole.yaml, alone in /etc/ha.d with its key: two real daemons serve the address and nginx, and the other one takes over
// when the first is stopped.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { settled } from "./act-runner.js";
import { NODE_NAMES } from "./cluster-files.js";
import { closeLab, describeInLab, joined, PATIENCE_MS, statusOf, systole } from "./in-lab.js";
import { Lab } from "./lab.js";
import { monotonicMs } from "./wait.js";

const EXAMPLE = fileURLToPath(new URL("../../../examples/two-node-nginx/systole.yaml", import.meta.url));
const SETTLE_MS = 500;

describeInLab("systole.yaml as the whole configuration", () => {
  let lab: Lab;

  beforeAll(async () => {
    const files = [
      { path: "/etc/ha.d/systole.yaml", text: readFileSync(EXAMPLE, "utf8") },
      { path: "/etc/ha.d/cluster.key", text: "a-key-of-this-test\n", mode: 0o600 },
    ];
    lab = await Lab.open({ implementation: "systole", files: { master: files, cluster1: files } });
    for (const name of NODE_NAMES)
      for (const file of ["ha.cf", "authkeys", "haresources"]) lab.node(name).remove(`/etc/ha.d/${file}`);
  });

  it("is good on both nodes", async () => {
    for (const name of NODE_NAMES) expect(await systole(lab, name, "check")).toContain("is good");
  });

  it("serves on the preferred node, and on the other one when that is stopped", async () => {
    await Promise.all(NODE_NAMES.map((name) => lab.node(name).start()));
    await settled(lab, "master", SETTLE_MS, PATIENCE_MS);
    await joined(lab, "master");
    const { groups } = await statusOf(lab, "cluster1");
    expect(groups.map(({ key }) => key)).toEqual(["web"]);
    const stoppedMs = monotonicMs();
    expect(await lab.node("master").stop()).toBe(0);
    await settled(lab, "cluster1", SETTLE_MS, PATIENCE_MS);
    const gapMs = lab.answers.longestGap(stoppedMs, monotonicMs());
    process.stdout.write(`stopped: nobody answered for ${String(Math.round(gapMs))} ms\n`);
    expect(lab.reachableHolders()).toEqual(["cluster1"]);
  });

  it("signs with the key that SIGHUP reads again", async () => {
    const node = lab.node("cluster1");
    node.write([{ path: "/etc/ha.d/cluster.key", text: "another-key\n", mode: 0o600 }]);
    node.reload();
    await expect
      .poll(() => node.read("/var/log/ha-log"), { timeout: PATIENCE_MS })
      .toContain("daemon.keys.renewed");
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});
