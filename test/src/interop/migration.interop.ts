// docs/migrate-from-heartbeat.md, followed line by line: a real heartbeat cluster becomes a Systole cluster and goes back.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { NodeName } from "../lab/cluster-files.js";
import { closeLab, describeInLab, PATIENCE_MS, runNamedAct } from "../lab/in-lab.js";
import { Lab } from "../lab/lab.js";
import type { LabNode } from "../lab/node.js";
import type { Implementation } from "../lab/programs.js";
import { LabError, waitFor } from "../lab/wait.js";

const PAGE = readFileSync(
  fileURLToPath(new URL("../../../docs/migrate-from-heartbeat.md", import.meta.url)),
  "utf8",
);

interface Step {
  readonly name: string;
  readonly nodes: readonly NodeName[];
  readonly lines: readonly string[];
}

/** Shell blocks behind the marker `<!-- step: NAME on NODE, NODE -->`. */
function stepsOf(page: string): readonly Step[] {
  return [...page.matchAll(/<!-- step: (.+) on (.+) -->\n```sh\n([^`]*)```/g)].map(
    ([, name = "", nodes = "", text = ""]) => ({
      name,
      nodes: nodes.split(", ") as NodeName[],
      lines: text.trimEnd().split("\n"),
    }),
  );
}

/** What a service manager does is done by the lab; everything else is run as it stands, until it prints its word. */
async function follow(node: LabNode, line: string, path: string): Promise<void> {
  const [, action, service] = /^systemctl (\w+) (heartbeat|systole)$/.exec(line) ?? [];
  if (action === "enable" || action === "disable") return;
  if (action === "stop") {
    if (node.implementation !== service) throw new LabError(`${node.name} does not run ${String(service)}`);
    await node.stop(60_000);
    return;
  }
  if (action === "start") {
    node.become(service as Implementation);
    return node.start();
  }
  const [command = "", word = ""] = line.split(/\s+# /);
  const script = ["bash", "-c", `PATH=${path}:$PATH\n${command}`];
  let said: unknown;
  await waitFor(
    `"${line}" on ${node.name}`,
    async () => {
      const answer = await node.host.run(script, "", PATIENCE_MS);
      said = answer;
      return word === "" ? answer.code === 0 : answer.stdout.includes(word);
    },
    { timeoutMs: PATIENCE_MS, everyMs: 300, describe: () => JSON.stringify(said) },
  );
}

describeInLab("docs/migrate-from-heartbeat.md", () => {
  let lab: Lab;
  let path: string;

  beforeAll(async () => {
    lab = await Lab.open({
      implementation: "systole",
      implementations: { master: "heartbeat", cluster1: "heartbeat" },
    });
    path = lab.writeEnterProgram().replace(/enter$/, "bin");
    const { reason } = await runNamedAct(lab, "cold-start");
    if (reason !== undefined) throw new LabError(reason);
  });

  const steps = stepsOf(PAGE);

  it("has its steps", () => {
    expect(steps.length).toBe(8);
  });

  for (const { name, nodes, lines } of steps) {
    it(`${name}: ${nodes.join(", ")}`, { timeout: 4 * PATIENCE_MS }, async () => {
      for (const node of nodes) {
        for (const line of lines) await expect(follow(lab.node(node), line, path)).resolves.toBeUndefined();
      }
    });
  }

  it("has left one node with the address", () => {
    expect(lab.holders.now()).toEqual(["master"]);
  });

  afterAll(async () => {
    await closeLab(lab);
  });
});
