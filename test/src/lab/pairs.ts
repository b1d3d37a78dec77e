// Two nodes of any two programs, and what each says about the other: Systole by its status, heartbeat by cl_status.
import { describe } from "vitest";
import { hasProgram } from "./ability.js";
import { nodeFiles, NODE_NAMES, type NodeName } from "./cluster-files.js";
import { describeInLab, PATIENCE_MS, systole } from "./in-lab.js";
import type { Lab } from "./lab.js";
import { PROGRAMS, type Implementation } from "./programs.js";
import { waitFor } from "./wait.js";

export type Pair = Readonly<Record<NodeName, Implementation>>;

interface SeenStatus {
  readonly nodes: readonly {
    readonly name: string;
    readonly state: string;
    readonly links: readonly { readonly name: string; readonly state: string }[];
  }[];
}

/** `describeInLab`; with heartbeat in the pair and not installed, skipped unless CI=true, where opening the lab fails then. */
export function describePair(pair: Pair, title: string, body: () => void): void {
  const lacksHeartbeat =
    Object.values(pair).includes("heartbeat") && !hasProgram(PROGRAMS.heartbeat.needs[0]);
  describe.skipIf(lacksHeartbeat && process.env.CI !== "true")("two nodes", () => {
    describeInLab(`${pair.master} and ${pair.cluster1} ${title}`, body);
  });
}

/** The lab's `ha.cf` of a node, with other media than its `ucast` line. */
export function haCfWithMedia(pair: Pair, node: NodeName, media: (ucast: string) => string): string {
  const ipfail = "/usr/libexec/heartbeat/ipfail";
  const { haCf } = nodeFiles(node, pair[node] === "heartbeat" ? { ipfail } : {});
  return haCf.replace(/^ucast .*\n/m, media);
}

/** What `node` says about the other one: its state, and that of a link to it, e.g. `active up`. */
async function seenBy(lab: Lab, node: NodeName, link: string): Promise<string> {
  const peer = lab.peerOf(node);
  if (lab.node(node).implementation === "heartbeat") {
    const { host } = lab.node(node);
    const state = await host.run(["cl_status", "nodestatus", peer]);
    const linkState = await host.run(["cl_status", "hblinkstatus", peer, link]);
    return `${state.stdout.trim()} ${linkState.stdout.trim()}`;
  }
  const status = JSON.parse(await systole(lab, node, "status", "--json")) as SeenStatus;
  const found = status.nodes.find(({ name }) => name === peer);
  return `${found?.state} ${found?.links.find(({ name }) => name === link)?.state}`;
}

/** Resolves with `expected` when both nodes say this about each other and the link. Throws LabError otherwise. */
export async function bothSee(
  lab: Lab,
  expected: string,
  linkOf: (node: NodeName) => string,
): Promise<string> {
  for (const node of NODE_NAMES) {
    let seen = "";
    await waitFor(
      `${node} to see "${expected}"`,
      async () => (seen = await seenBy(lab, node, linkOf(node)).catch(String)) === expected,
      { timeoutMs: PATIENCE_MS, everyMs: 100, describe: () => seen },
    );
  }
  return expected;
}
