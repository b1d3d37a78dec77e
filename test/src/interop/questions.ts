// What both daemons are asked in the same words: heartbeat's own cl_status and commands on one side, Systole's on the other.
import type { Lab, LabNode, NodeName } from "../lab/index.js";
import { NODE_NAMES, waitFor } from "../lab/index.js";
import { CL_STATUS } from "../lab/client-api.js";
import type { CommandResult } from "../lab/host.js";
import { LAUNCHER } from "../lab/programs.js";

const HEARTBEAT_SCRIPTS = "/usr/share/heartbeat";
const PATIENCE_MS = 20_000;

/** A command of heartbeat's, as the node's own daemon brings it. */
export function oldCommand(node: LabNode, name: string, ...args: readonly string[]): Promise<CommandResult> {
  const program =
    node.implementation === "heartbeat"
      ? [`${HEARTBEAT_SCRIPTS}/${name}`]
      : [process.execPath, LAUNCHER, "compat", name];
  return node.host.run([...program, ...args]);
}

/** What heartbeat's `cl_status` prints, without the end of the line. */
export async function asked(node: LabNode, ...args: readonly string[]): Promise<string> {
  return (await node.host.run([CL_STATUS, ...args])).stdout.trim();
}

/** Normal nodes in order of their names; none while the daemon does not answer. */
export async function nodesOf(node: LabNode): Promise<readonly string[]> {
  const text = await asked(node, "listnodes", "-n");
  return text === "" ? [] : text.split("\n").toSorted();
}

/** Resolves with the answer when every node gives it. Throws LabError when they do not. */
export async function allAnswer(lab: Lab, expected: string, ...args: readonly string[]): Promise<string> {
  return agree(lab, `cl_status ${args.join(" ")} to be ${expected}`, expected, (node) =>
    asked(node, ...args),
  );
}

/** Resolves with the list when every node has it. Throws LabError when they do not. */
export async function allKnow(lab: Lab, expected: readonly string[]): Promise<readonly string[]> {
  const sorted = expected.toSorted();
  const what = `every node to know ${sorted.join(" ")}`;
  await agree(lab, what, sorted.join(" "), async (node) => (await nodesOf(node)).join(" "));
  return sorted;
}

async function agree(
  lab: Lab,
  what: string,
  expected: string,
  ask: (node: LabNode) => Promise<string>,
): Promise<string> {
  let seen: Readonly<Record<string, string>> = {};
  await waitFor(
    what,
    async () => {
      const answers = await Promise.all(
        NODE_NAMES.map(async (name: NodeName) => [name, await ask(lab.node(name))] as const),
      );
      seen = Object.fromEntries(answers);
      return answers.every(([, answer]) => answer === expected);
    },
    { timeoutMs: PATIENCE_MS, everyMs: 100, describe: () => JSON.stringify(seen) },
  );
  return expected;
}
