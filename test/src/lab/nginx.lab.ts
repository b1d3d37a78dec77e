// What nginx's agent promises to users of a cluster: a warm standby only gets the address, a planned move cuts no download.
import { afterAll, beforeAll, expect, it } from "vitest";
import { CLUSTER_ADDRESS, NODE_NAMES, nginxConf, type NodeName } from "./cluster-files.js";
import {
  closeLab,
  describeInLab,
  joined,
  openStarted,
  PATIENCE_MS,
  runNamedAct,
  settledOn,
  systole,
} from "./in-lab.js";
import type { Lab } from "./lab.js";
import { monotonicMs, waitFor } from "./wait.js";

const BYTES = 200_000;
/** With the rate below: some ten times what a move takes, and less than the drain. */
const DOWNLOAD_MS = 10_000;
const SLOW = `location = /slow { limit_rate ${String(BYTES / (DOWNLOAD_MS / 1000))}; }`;
const NGINX = "nginx::/etc/nginx/nginx.conf::check=http://127.0.0.1/::warm=true::drain=12s";

describeInLab("nginx with warm, check and drain", () => {
  let lab: Lab;
  const masterPid = (node: NodeName): string => lab.node(node).read("/run/nginx.pid").trim();

  beforeAll(async () => {
    const files = [
      { path: "/etc/nginx/nginx.conf", text: nginxConf().replace("listen 80;", `listen 80; ${SLOW}`) },
      { path: "/var/www/html/slow", text: "x".repeat(BYTES) },
    ];
    lab = await openStarted({
      implementation: "systole",
      variant: { resources: `${CLUSTER_ADDRESS}/24/eth0:0 ${NGINX}` },
      files: { master: files, cluster1: files },
    });
  });

  it("checks the parameters of haresources", async () => {
    for (const name of NODE_NAMES) expect(await systole(lab, name, "check")).toContain("native:nginx");
  });

  it("a takeover by a warm standby starts no nginx", async () => {
    await joined(lab, "cluster1");
    await waitFor("the standby's nginx to be warm", () => masterPid("cluster1") !== "", {
      timeoutMs: PATIENCE_MS,
    });
    const warm = masterPid("cluster1");
    const { reason } = await runNamedAct(lab, "cable-pulled");
    expect(reason).toBeUndefined();
    expect(masterPid("cluster1")).toBe(warm);
    expect((await runNamedAct(lab, "cable-back")).reason).toBeUndefined();
  });

  it("a planned move lets a download finish, and nobody waits for it", async () => {
    const startMs = monotonicMs();
    const url = `http://${CLUSTER_ADDRESS}/slow`;
    const loading = lab.clientHost.run(
      ["curl", "-sS", "-o", "/dev/null", "-w", "%{size_download}", url],
      "",
      60_000,
    );
    await systole(lab, "master", "standby");
    expect(await settledOn(lab, "cluster1")).toBe("cluster1");
    expect(await loading).toMatchObject({ code: 0, stdout: String(BYTES) });
    const endMs = monotonicMs();
    expect(endMs - startMs).toBeGreaterThan(DOWNLOAD_MS * 0.8);
    expect(lab.answers.longestGap(startMs, endMs)).toBeLessThan(DOWNLOAD_MS / 2);
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});
