// When a node is ready for the next thing: heartbeat's cl_status and Systole's status say whether something still moves.
import { NODE_NAMES, waitFor, type Lab, type LabNode } from "../lab/index.js";
import { askControl } from "../lab/control-question.js";

const PATIENCE_MS = 60_000;

/** Resolves when no running daemon has anything under way. Throws LabError. */
export async function atRest(lab: Lab): Promise<void> {
  for (const name of NODE_NAMES) {
    const node = lab.node(name);
    if (node.daemonProcesses().length === 0) continue;
    let seen = "";
    await waitFor(
      `${name} to be at rest`,
      async () => {
        seen = await movement(node);
        return seen === "";
      },
      { timeoutMs: PATIENCE_MS, everyMs: 100, describe: () => seen },
    );
  }
}

/** What moves on a node, in a few words; empty when nothing does. */
async function movement(node: LabNode): Promise<string> {
  if (node.implementation === "systole") return systoleMovement(node);
  const { stdout, stderr } = await node.host.run(["cl_status", "rscstatus"]);
  const said = stdout.trim();
  return /(all|local|foreign|none)$/.test(said) ? "" : said || stderr.trim() || "no answer";
}

async function systoleMovement(node: LabNode): Promise<string> {
  const answer = await askControl(node.host, { command: "status" });
  if (answer?.ok !== true) return "no status";
  const status = answer.status as { readonly stable: boolean; readonly why?: string };
  return status.stable ? "" : (status.why ?? "not stable");
}
