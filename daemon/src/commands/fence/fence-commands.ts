// The `systole fence` part of the command line: what can end a node, what is to be ended, and ending one by hand.
import type { Command } from "commander";
import type { OperateOptions } from "../operate.js";
import { runDir, timeout } from "../operator-options.js";
import type { Terminal } from "../terminal.js";
import type { AskFenceOptions, SureOptions } from "./fence.js";

const AFTER_HELP = `
Examples:
  systole fence list               devices, what each can fence, and in which order they are tried
  systole fence status             what is to be fenced, and what that waits for
  systole fence test cluster1      does every device know the node and answer? nothing is switched
  systole fence cluster1 --yes     end it now, whatever runs there
  systole fence confirm cluster1 --yes   I have made sure that it is off: go on
  systole fence history            who fenced whom, when, how and why

docs/fencing.md is the guide.
`;

/** Adds `fence`, with `list`, `status`, `test`, `history` and `confirm`; `done` gets the exit code. */
export function addFenceCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  const fence = program
    .command("fence")
    .description("make sure that a node does nothing any more; see what can do that and what it did")
    .argument("[node]", "a node to be ended now, as `systole status` shows it")
    .helpCommand(false)
    .option("--yes", "do it: whatever runs there ends at once")
    .addOption(runDir())
    .addOption(timeout())
    .addHelpText("after", AFTER_HELP)
    .action(async (node: string | undefined, options: OperateOptions & SureOptions) => {
      const { fenceNode } = await import("./fence.js");
      done(await fenceNode(node, options, terminal));
    });
  const question = (name: "list" | "status" | "history", description: string) =>
    fence
      .command(name)
      .description(description)
      .option("--json", "for programs")
      .addOption(runDir())
      .action(async (_options: AskFenceOptions, command: Command) => {
        const { askFence } = await import("./fence.js");
        done(await askFence({ command: `fence-${name}` }, command.optsWithGlobals(), terminal));
      });
  question("list", "show the devices, what they can fence, and the order in which they are tried");
  question("status", "show what is to be fenced and what that waits for");
  question("history", "show what was fenced, by whom, how and why");
  fence
    .command("test")
    .description("ask each device of a node whether it knows it and in which state it is; switches nothing")
    .argument("<node>", "as `systole status` shows it")
    .option("--json", "for programs")
    .addOption(runDir())
    .action(async (node: string, _options: AskFenceOptions, command: Command) => {
      const { askFence } = await import("./fence.js");
      done(await askFence({ command: "fence-test", node }, command.optsWithGlobals(), terminal));
    });
  fence
    .command("confirm")
    .description("say that a node is surely off, so that what waits for its fencing goes on")
    .argument("<node>", "as `systole status` shows it")
    .option("--yes", "I have looked, and it is off")
    .addOption(runDir())
    .addOption(timeout())
    .action(async (node: string, _options: OperateOptions & SureOptions, command: Command) => {
      const { confirmFence } = await import("./fence.js");
      done(await confirmFence(node, command.optsWithGlobals(), terminal));
    });
}
