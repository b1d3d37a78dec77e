// The parts of the command line about what configurations say: `systole config`, and `systole convert`.
import { Option, type Command } from "commander";
import type { ConvertOptions } from "./convert.js";
import type { ShowOptions } from "./show.js";
import type { Terminal } from "../terminal.js";

const AFTER_HELP = `
Examples:
  systole config explain                    every key that systole.yaml may have
  systole config explain groups.web.prefer  what a key means, its type, default and an example
  systole config explain preset             the presets, with their times and reasons
  systole config show                       what holds on this node, and where each value is from
`;

/** `done` gets the exit code. */
export function addConfigCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  const config = program
    .command("config")
    .description("what systole.yaml may say, and what holds here")
    .helpCommand(false)
    .addHelpText("after", AFTER_HELP);
  config
    .command("explain")
    .description("tell what a key of systole.yaml means")
    .argument("[key]", "dotted, such as timings.deadtime", "")
    .option("--json", "for programs")
    .action(async (key: string, options: { readonly json?: boolean }) => {
      const { explainKey } = await import("./explain.js");
      done(explainKey(key, options.json === true, terminal));
    });
  config
    .command("show")
    .description("show what holds on this node and where each value is from")
    .addOption(new Option("--ha-dir <dir>", "where the configuration is").default("/etc/ha.d"))
    .option("--node <name>", "this node's name, if it is not what `uname -n` prints")
    .option("--json", "for programs")
    .action(async (options: ShowOptions) => {
      const { showConfig } = await import("./show.js");
      done(showConfig(options, terminal));
    });
}

/** `done` gets the exit code. */
export function addConvertCommand(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  program
    .command("convert")
    .description("write systole.yaml from heartbeat's three files, or the other way round")
    .addOption(new Option("--ha-dir <dir>", "where the files are").default("/etc/ha.d"))
    .option("--node <name>", "the node whose files they are, if it is not this machine")
    .option("--to-heartbeat", "from systole.yaml to ha.cf, haresources and authkeys")
    .option("--out <dir>", "write the files there; without it the main one goes to stdout")
    .option("--force", "replace files that are there")
    .action(async (options: ConvertOptions) => {
      const { convert } = await import("./convert.js");
      done(convert(options, terminal));
    });
}
