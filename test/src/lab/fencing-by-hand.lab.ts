// Devices that need no switch: the stonith line of a heartbeat's ha.cf with the real program of cluster-glue, and a person.
import { afterEach, expect, it } from "vitest";
import { hasProgram } from "./ability.js";
import { situation } from "./act-runner.js";
import { NODE_NAMES, nodeFiles } from "./cluster-files.js";
import { closeLab, describeInLab, joined, PATIENCE_MS, settledOn, systole } from "./in-lab.js";
import { Lab } from "./lab.js";
import { LabError, pause, waitFor } from "./wait.js";
import type { ViewFile } from "./view.js";

const VARIANT = { deadtimeSeconds: 2, initdeadSeconds: 6 } as const;
const LOG = "/var/log/daemon.log";

describeInLab("fencing without a switch", () => {
  let lab: Lab | undefined;

  async function open(files: readonly ViewFile[]): Promise<Lab> {
    const opened = await Lab.open({
      implementation: "systole",
      variant: VARIANT,
      files: { master: haCf("master", files), cluster1: haCf("cluster1", files) },
    });
    lab = opened;
    await Promise.all(NODE_NAMES.map((name) => opened.node(name).start()));
    await settledOn(opened, "master");
    await joined(opened, "master");
    return opened;
  }

  /** Files of a node, of which `ha.cf` is added to the lab's own. */
  function haCf(node: (typeof NODE_NAMES)[number], files: readonly ViewFile[]): readonly ViewFile[] {
    return files.map((file) =>
      file.path === "/etc/ha.d/ha.cf" ? { ...file, text: nodeFiles(node, VARIANT).haCf + file.text } : file,
    );
  }

  const takenBy = (on: Lab, timeoutMs = PATIENCE_MS) =>
    waitFor("cluster1 to take the address", () => on.holders.now().includes("cluster1"), {
      timeoutMs,
      everyMs: 50,
      describe: () => situation(on),
    });

  it("stonith_host of ha.cf: the program stonith is asked before the takeover, and its word is told to be unverified", async () => {
    if (!hasProgram("stonith")) throw new LabError("missing: apt-get install cluster-glue");
    const on = await open([{ path: "/etc/ha.d/ha.cf", text: "stonith_host * null master cluster1\n" }]);
    expect(await systole(on, "cluster1", "fence", "test", "master")).toContain(
      "stonith knows it, status unknown",
    );
    await on.node("master").killHard();
    await takenBy(on);
    const log = on.node("cluster1").read(LOG);
    expect(log).toMatch(/fence\.not-verified.*stonith/);
    expect(log.indexOf("fence.done")).toBeLessThan(log.indexOf("group.claimed", log.indexOf("fence.done")));
    expect(await systole(on, "cluster1", "fence", "history")).toContain("reset by stonith, unverified");
  });

  // Only a person stands between the two nodes here, and no guard.
  it("a person is asked, and the takeover waits until that person has looked", async () => {
    const text =
      "plugins: [{ use: fence-meatware }]\nfence: [meatware]\nfencing: { priority-delay: 0s }\naddresses: { guard: off }\n";
    const on = await open([{ path: "/etc/ha.d/systole.yaml", text }]);
    await on.node("master").killHard();
    await waitFor(
      "a person to be asked",
      () => on.node("cluster1").read(LOG).includes("fence.person-asked"),
      {
        timeoutMs: PATIENCE_MS,
        everyMs: 50,
      },
    );
    expect(await systole(on, "cluster1", "fence", "status")).toMatch(/A person is asked: is master off\?/);
    await pause(3000); // Longer than a takeover takes: the time in which it could wrongly happen.
    expect(on.holders.now()).toEqual(["master"]);
    await on.node("master").host.must(["ip", "address", "delete", "10.10.180.220/24", "dev", "eth0"]);
    expect(await systole(on, "cluster1", "fence", "confirm", "master", "--yes")).toContain(
      "counts as fenced",
    );
    await takenBy(on);
    expect(on.holders.now()).toEqual(["cluster1"]);
    expect(await systole(on, "cluster1", "fence", "history")).toMatch(/master fenced by operator/);
  });

  afterEach(async () => {
    await closeLab(lab);
    lab = undefined;
  });
});
