// The README's set-up for two real machines, executed as it stands on two lab hosts: what a newcomer copies must work.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { NODE_NAMES } from "./cluster-files.js";
import { closeLab, describeInLab, joined, PATIENCE_MS } from "./in-lab.js";
import { Lab } from "./lab.js";
import { settled } from "./act-runner.js";

const README = readFileSync(fileURLToPath(new URL("../../../README.md", import.meta.url)), "utf8");
/** Its `initdead` is 30 s, for real machines. */
const START_PATIENCE_MS = 60_000;

/** The shell block after the marker `<!-- executed: NAME -->`. */
function block(name: string): string {
  const found = new RegExp(`<!-- executed: ${name} -->\\n\`\`\`sh\\n(.*?)\`\`\``, "s").exec(README)?.[1];
  if (found === undefined) throw new Error(`the README has no block ${name}`);
  return found;
}

describeInLab("the README's set-up for two machines", () => {
  let lab: Lab;
  let enter: string;

  beforeAll(async () => {
    lab = await Lab.open({ implementation: "systole" });
    for (const name of NODE_NAMES) {
      for (const file of ["ha.cf", "authkeys", "haresources"]) lab.node(name).remove(`/etc/ha.d/${file}`);
    }
    // Where `systole` is on a host's PATH; on a real machine that is step 1.
    enter = lab.writeEnterProgram().replace(/enter$/, "bin");
  });

  const shell = (name: (typeof NODE_NAMES)[number], script: string): Promise<string> =>
    lab.node(name).host.must(["bash", "-e", "-c", `PATH=${enter}:$PATH\n${script}`]);

  it("writes three files that check finds good, on both", async () => {
    for (const name of NODE_NAMES) {
      await shell(name, block("files"));
      expect(await shell(name, block("check"))).toContain("is good");
    }
  });

  it("has a unit that starts what is there, and clears up behind a daemon that is gone", async () => {
    expect(block("unit")).toContain("ExecStart=/usr/local/bin/systole run\n");
    const [, afterwards = ""] = /^ExecStopPost=\/usr\/local\/bin\/(.*)$/m.exec(block("unit")) ?? [];
    expect(afterwards).toBe("systole reap");
    expect(await shell("master", afterwards)).toBe("");
  });

  it("comes up and moves on request", { timeout: 3 * START_PATIENCE_MS }, async () => {
    await Promise.all(NODE_NAMES.map((name) => lab.node(name).start()));
    await settled(lab, "master", 800, START_PATIENCE_MS);
    await joined(lab, "master");
    const [status = "", standby = "", takeover = ""] = block("use").split("\n");
    expect(await shell("master", status)).toContain("master");
    await shell("master", standby);
    await settled(lab, "cluster1", 800, PATIENCE_MS);
    await shell("master", takeover);
    await settled(lab, "master", 800, PATIENCE_MS);
    expect(lab.reachableHolders()).toEqual(["master"]);
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});
