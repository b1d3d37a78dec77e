// What operators look at and ask for every day: `systole status`, `standby`, `takeover`, `move`, `restart`, `cleanup`, `stop`.
import { Argument, type Command } from "commander";
import type { GroupSet } from "@systole/core/ports";
import type { OperateOptions } from "./operate.js";
import { jsonAnswer, runDir, timeout } from "./operator-options.js";
import type { StatusOptions } from "./status.js";
import type { Terminal } from "./terminal.js";

const groupSet = () =>
  new Argument("[groups]", "all, those at home here (local), or those at home elsewhere (foreign)")
    .choices(["all", "local", "foreign"])
    .default("all");

/** `done` gets the exit code. */
export function addOperatorCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  program
    .command("status")
    .description("show nodes, links, resources, who holds them and why")
    .option("--json", "for programs, as daemon/status.schema.json says")
    .addOption(runDir())
    .action(async (options: StatusOptions) => {
      const { status } = await import("./status.js");
      done(await status(options, terminal));
    });
  const operation = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .addOption(runDir())
      .addOption(timeout())
      .addOption(jsonAnswer());
  operation("standby", "give groups to the other node")
    .addArgument(groupSet())
    .action(async (set: GroupSet, options: OperateOptions) => {
      const { standby } = await import("./operate.js");
      done(await standby(set, options, terminal));
    });
  operation("takeover", "take groups from the other node")
    .addArgument(groupSet())
    .action(async (set: GroupSet, options: OperateOptions) => {
      const { takeover } = await import("./operate.js");
      done(await takeover(set, options, terminal));
    });
  operation("move", "give one group to a node; without a node, to the next that can take it")
    .argument("<group-or-resource>", "as `systole status` shows it, or one of its resources")
    .argument("[node]", "where it is to run")
    .action(async (group: string, node: string | undefined, options: OperateOptions) => {
      const { move } = await import("./operate.js");
      done(await move(group, node, options, terminal));
    });
  operation("restart", "stop and start a resource that runs on this node, and what was started after it")
    .argument("<resource-or-group>", "as `systole status` shows it; or a group, all of it")
    .action(async (name: string, options: OperateOptions) => {
      const { restart } = await import("./operate.js");
      done(await restart(name, options, terminal));
    });
  operation("cleanup", "forget failures of a group or resource, on every node; start what stayed down")
    .argument("[group-or-resource]", "as written in haresources; without it, everything")
    .action(async (name: string | undefined, options: OperateOptions) => {
      const { cleanup } = await import("./operate.js");
      done(await cleanup(name, options, terminal));
    });
  operation("stop", "end the daemon after it gave everything up").action(async (options: OperateOptions) => {
    const { stop } = await import("./operate.js");
    done(await stop(options, terminal));
  });
}
