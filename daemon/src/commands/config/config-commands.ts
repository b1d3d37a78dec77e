// The `systole config` part of the command line.
import type { Command } from "commander";
import type { Terminal } from "../terminal.js";

const AFTER_HELP = `
Examples:
  systole config explain                    every key that systole.yaml may have
  systole config explain groups.web.prefer  what a key means, its type, default and an example
  systole config explain preset             the presets, with their times and reasons
`;

/** `done` gets the exit code. */
export function addConfigCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  const config = program
    .command("config")
    .description("what systole.yaml may say")
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
}
