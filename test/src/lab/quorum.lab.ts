// Quorums on real interfaces: of three nodes the one that is cut off lets go and the two go on; of two nodes the one that
// still reaches a host of the network does.
import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { GATEWAY, NODE_NAMES, nodeFiles, type NodeName, type Variant } from "./cluster-files.js";
import { closeLab, describeInLab, PATIENCE_MS, statusOf } from "./in-lab.js";
import { Lab } from "./lab.js";
import { LAUNCHER } from "./programs.js";
import { childrenOf } from "./processes.js";
import { pause, waitFor } from "./wait.js";

/** Who is lost counts no more; of two that count, the one with the lowest name goes on alone. */
const MAJORITY =
  "plugins: [{ use: quorum-majority, with: { lastManStanding: true, windowMs: 1000, tieBreaker: lowest } }]\nquorum: [majority]\nisolation: release\n";
const PING = `plugins:\n  - use: quorum-ping\n    with: { targets: [${GATEWAY}], need: 1, deadlineMs: 300 }\nquorum: [ping]\nisolation: release\n`;
/** No service: who has the address is what counts, and the third node has no web server. */
const VARIANT: Variant = {
  medium: "bcast",
  ping: false,
  autoFailback: "off",
  resources: "10.10.180.220/24/eth0:0",
};
const THIRD = "cluster2";

let lab: Lab;
let seen: string[];
let third: ChildProcess | undefined;
let endListening: () => void;

const holders = (): string => lab.holders.now().join("+") || "nobody";

async function open(systoleYaml: string, moreNodes: string): Promise<void> {
  const files = (name: NodeName) => [
    { path: "/etc/ha.d/ha.cf", text: `${nodeFiles(name, VARIANT).haCf}${moreNodes}` },
    { path: "/etc/ha.d/systole.yaml", text: systoleYaml },
  ];
  lab = await Lab.open({
    implementation: "systole",
    variant: VARIANT,
    files: { master: files("master"), cluster1: files("cluster1") },
  });
  if (moreNodes !== "") startThird(systoleYaml, moreNodes);
  for (const name of NODE_NAMES) await lab.node(name).start();
  const all = moreNodes === "" ? 2 : 3;
  for (const name of NODE_NAMES) await until(`${name} to see ${String(all)} nodes`, () => seesAll(name, all));
  await until("master to have the address", () => holders() === "master");
  endListening = lab.holders.onChange((now) => seen.push(now.join("+") || "nobody"));
}

/** On the gateway's machine, which has no files of its own: it is told where its are. */
function startThird(systoleYaml: string, moreNodes: string): void {
  const { haCf, authkeys, haresources } = nodeFiles("cluster1", VARIANT);
  const at = (name: string): string => join(lab.directory, THIRD, name);
  const texts = { "ha.cf": `${haCf}${moreNodes}`, authkeys, haresources, "systole.yaml": systoleYaml };
  for (const directory of ["ha.d", "state", "run"]) mkdirSync(at(directory), { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeFileSync(at(`ha.d/${name}`), text, { mode: 0o600 });
  const places = ["--ha-dir", at("ha.d"), "--state-dir", at("state"), "--run-dir", at("run")];
  third = lab.gateway.spawn([process.execPath, LAUNCHER, "run", "--node", THIRD, ...places], "ignore");
}

function until(what: string, condition: () => boolean | Promise<boolean>): Promise<unknown> {
  return waitFor(what, condition, {
    timeoutMs: PATIENCE_MS,
    everyMs: 20,
    describe: () => lab.node("master").logTail(),
  });
}

async function seesAll(name: NodeName, count: number): Promise<boolean> {
  const { stdout, code } = await lab.node(name).host.run([process.execPath, LAUNCHER, "status", "--json"]);
  if (code !== 0) return false;
  const { nodes, stable } = JSON.parse(stdout) as { nodes: readonly { state: string }[]; stable: boolean };
  return stable && nodes.filter(({ state }) => state === "active").length === count;
}

/** How many nodes count, as master has agreed with the others. */
async function countingOn(name: NodeName): Promise<number> {
  const { stdout } = await lab.node(name).host.run(["cat", "/var/lib/systole/quorum-majority"]);
  const { settled, open } = JSON.parse(stdout.slice(stdout.indexOf("{")) || "{}") as {
    settled?: { votes: unknown[] };
    open?: unknown[];
  };
  return open?.length === 0 ? (settled?.votes.length ?? 0) : 0;
}

async function ruleOn(name: NodeName): Promise<string | undefined> {
  return (await statusOf(lab, name)).isolation?.rule;
}

describeInLab("a quorum", () => {
  beforeEach(() => {
    seen = [];
    third = undefined;
    endListening = () => undefined;
  });

  it("of three nodes: the one that is cut off lets go, and one of the two takes over; the last of them may be alone", async () => {
    await open(MAJORITY, `node ${THIRD}\n`);
    await until("three nodes to count", async () => (await countingOn("cluster1")) === 3);
    await lab.cutBeyondSwitch("master");
    await until("cluster1 to have the address", () => holders() === "cluster1");
    expect(seen).toEqual(["nobody", "cluster1"]);
    expect(await ruleOn("master")).toBe("denied");
    expect(await ruleOn("cluster1")).toBe("in-part");
    await lab.mendBeyondSwitch("master");
    await until("master to see three nodes", () => seesAll("master", 3));
    await pause(1000); // Deadtime.
    expect(seen).toEqual(["nobody", "cluster1"]);
    for (const inner of childrenOf(third?.pid ?? -1)) process.kill(inner.pid, "SIGKILL");
    await until("two nodes to count", async () => (await countingOn("cluster1")) === 2);
    await lab.cutBeyondSwitch("master");
    await until("master to be denied", async () => (await ruleOn("master")) === "denied");
    await until("cluster1 to be granted", async () => (await ruleOn("cluster1")) === "granted");
    expect(seen).toEqual(["nobody", "cluster1"]);
  });

  it("of a host of the network: the node that does not reach it lets go, and the other takes over", async () => {
    await open(PING, "");
    await lab.cutBeyondSwitch("master");
    await until("cluster1 to have the address", () => holders() === "cluster1");
    expect(seen).toEqual(["nobody", "cluster1"]);
    expect(await ruleOn("master")).toBe("released");
    expect(await ruleOn("cluster1")).toBe("granted");
  });

  afterEach(async () => {
    endListening();
    third?.kill("SIGTERM");
    await closeLab(lab);
  });
});
