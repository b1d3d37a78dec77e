// The `systole node` part of the command line: which machines the cluster is made of, changed while it runs.
import { InvalidArgumentError, type Command } from "commander";
import type { NodeRequest } from "@systole/core/ports";
import type { OperateOptions } from "../operate.js";
import { jsonAnswer, runDir, timeout } from "../operator-options.js";
import type { Terminal } from "../terminal.js";

const AFTER_HELP = `
A change is made on this node, told to every other node that runs, and kept for the next start. It does not change
ha.cf: what is named there is a member again after a restart, so delete a node's line there too, on every node.

standby and online are of this node and of this moment: it has nothing then, and takes it again when it is asked to, or when
the node that has it fails.

Examples:
  systole node add third           third may join now; start its daemon with the same keys
  systole node delete third        third is stopped for good; every other node must run
  systole node standby             this machine is about to be worked on
  systole node online              it is ready again
  systole node weight third 50     for quorum by weight; every node has 100 at first
  systole node site third berlin   for people and programs that ask where a node stands
`;

function parseWeight(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a whole number, e.g. 100.");
}

/** Adds `node add`, `delete`, `standby`, `online`, `weight` and `site`; `done` gets the exit code. */
export function addNodeCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  const edit = async (request: NodeRequest, options: OperateOptions): Promise<void> => {
    const { editNodes } = await import("../operate.js");
    done(await editNodes(request, options, terminal));
  };
  const node = program
    .command("node")
    .description("add and delete nodes of the running cluster, weigh and place them; relieve this one")
    .helpCommand(false)
    .addHelpText("after", AFTER_HELP);
  const command = (name: string, description: string) =>
    node
      .command(name)
      .description(description)
      .addOption(runDir())
      .addOption(timeout())
      .addOption(jsonAnswer());
  command("add", "let nodes take part")
    .argument("<name...>", "what `uname -n` prints there")
    .action((nodes: readonly string[], options: OperateOptions) => edit({ kind: "add", nodes }, options));
  command("delete", "forget nodes that are dead, while every other node is there to hear of it")
    .argument("<node...>", "names as `systole status` shows them")
    .action((nodes: readonly string[], options: OperateOptions) => edit({ kind: "delete", nodes }, options));
  command("standby", "give away everything that this node has").action(async (options: OperateOptions) => {
    const { standby } = await import("../operate.js");
    done(await standby("all", options, terminal));
  });
  command("online", "take back what is at home on this node").action(async (options: OperateOptions) => {
    const { takeover } = await import("../operate.js");
    done(await takeover("local", options, terminal));
  });
  command("weight", "say how much a node's vote weighs")
    .argument("<node>", "as `systole status` shows it")
    .argument("<weight>", "a whole number; 100 is what every node has at first", parseWeight)
    .action((name: string, weight: number, options: OperateOptions) =>
      edit({ kind: "weight", node: name, weight }, options),
    );
  command("site", "say where a node stands")
    .argument("<node>", "as `systole status` shows it")
    .argument("<site>", "a word of at most 64 characters")
    .action((name: string, site: string, options: OperateOptions) =>
      edit({ kind: "site", node: name, site }, options),
    );
}
