// heartbeat's own `ipfail`, unmodified, as a client of Systole: it moves the group to the node that reaches the gateway.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CL_STATUS } from "../lab/client-api.js";
import { NODE_NAMES, nodeFiles, viewFiles, type NodeName } from "../lab/cluster-files.js";
import { closeLab, describeInLab, joined, openStarted, PATIENCE_MS, settledOn } from "../lab/in-lab.js";
import type { Lab } from "../lab/lab.js";
import { waitFor } from "../lab/wait.js";

const IPFAIL = "/usr/libexec/heartbeat/ipfail";

/** The lab's files without the line that would make Systole do ipfail's work itself. */
function filesWithoutIpfail(node: NodeName): ReturnType<typeof viewFiles> {
  const files = nodeFiles(node);
  return viewFiles(node, { ...files, haCf: files.haCf.replace(/^respawn .*\n/m, "") });
}

describeInLab("heartbeat's ipfail with Systole", () => {
  let lab: Lab;
  const programs: ChildProcess[] = [];

  beforeAll(async () => {
    const files = { master: filesWithoutIpfail("master"), cluster1: filesWithoutIpfail("cluster1") };
    lab = await openStarted({ implementation: "systole", files });
    await joined(lab, "master");
    const user = ["setpriv", "--reuid", "hacluster", "--regid", "haclient", "--init-groups"];
    for (const name of NODE_NAMES)
      programs.push(lab.node(name).host.spawn([...user, IPFAIL], ["ignore", "ignore", "ignore"]));
  });

  it("signs on at both nodes, and each knows of the other's", async () => {
    for (const asked of NODE_NAMES) {
      for (const node of NODE_NAMES) {
        const command = [CL_STATUS, "clientstatus", node, "ipfail", "2000"];
        const seen = await waitFor(
          `${asked} to see the ipfail of ${node}`,
          async () => (await lab.node(asked).host.run(command)).stdout === "online\n",
          { timeoutMs: PATIENCE_MS },
        );
        expect(seen).toBe(true);
      }
    }
  });

  it("gives the group to the node that still reaches the gateway", async () => {
    expect(lab.holders.now()).toEqual(["master"]);
    await lab.dropIcmp("master");
    expect(await settledOn(lab, "cluster1")).toBe("cluster1");
    await lab.allowIcmp("master");
  });

  afterAll(async () => {
    const ended = programs.map((program) => (program.exitCode === null ? once(program, "close") : undefined));
    await closeLab(lab);
    await Promise.all(ended);
  });
});
