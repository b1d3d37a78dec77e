// The command line of `systole plugin`: what authors of plugins need.
import { Argument, Option, type Command } from "commander";
import type { Terminal } from "../terminal.js";
import type { ListPluginsOptions } from "./list-plugins.js";
import type { NewPluginOptions } from "./new-plugin.js";
import { PLUGIN_KINDS } from "./plugin-kinds.js";
import type { TestPluginOptions } from "./test-plugin.js";

export function addPluginCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  const plugin = program
    .command("plugin")
    .description("write a new plugin, hold one against its contracts, list those in use")
    .helpCommand(false);
  plugin
    .command("new")
    .description("write the package of a new plugin; it builds and keeps its contract as it is")
    .addArgument(new Argument("<kind>", "the port").choices(PLUGIN_KINDS.map(({ port }) => port)))
    .argument("<name>", "lower-case words joined by -, e.g. queue-depth")
    .option("--directory <dir>", "where to write it, if not into a directory of the package's name")
    .action(async (kind: string, name: string, options: NewPluginOptions) => {
      const { newPlugin } = await import("./new-plugin.js");
      done(newPlugin(kind, name, options, terminal));
    });
  plugin
    .command("test")
    .description("hold a built package against the contract of every port that it provides something of")
    .argument("<path>", "the package's directory")
    .option("--json", "for programs")
    .action(async (path: string, options: TestPluginOptions) => {
      const { testPlugin } = await import("./test-plugin.js");
      done(await testPlugin(path, options, terminal));
    });
  plugin
    .command("list")
    .description("show which plugins the configuration loads, from where, and what they provide")
    .addOption(new Option("--ha-dir <dir>", "where ha.cf, authkeys and haresources are").default("/etc/ha.d"))
    .addOption(new Option("--node <name>", "this node's name, if it is not what `uname -n` prints"))
    .option("--json", "for programs")
    .action(async (options: ListPluginsOptions) => {
      const { listPlugins } = await import("./list-plugins.js");
      done(await listPlugins(options, terminal));
    });
}
