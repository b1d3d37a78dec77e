// The `systole init` part of the command line.
import { Option, type Command } from "commander";
import type { Terminal } from "../terminal.js";
import type { InitOptions } from "./init.js";

const AFTER_HELP = `
Example, with nobody to ask:
  systole init --yes --cluster web --node alpha=192.0.2.11 --node bravo=192.0.2.12 \\
    --interface eth0 --address 192.0.2.10/24 --service nginx
`;

const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

/** `done` gets the exit code. */
export function addInitCommand(program: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  program
    .command("init")
    .description("write a first systole.yaml and its key; asks what the options do not say")
    .addOption(new Option("--ha-dir <dir>", "where they are written").default("/etc/ha.d"))
    .option("--cluster <name>", "what the cluster is called")
    .option("--node <name=address>", "a node, this one first; once for each", collect)
    .option("--interface <name>", "over which they talk, and which has the address")
    .option("--address <address/prefix>", "what shall always be on one of them")
    .option("--service <name>", "what runs behind it, such as nginx; once for each", collect)
    .option("--preset <name>", "how fast a node counts as dead: lan, vm, cloud, wan")
    .option("--ping <address>", "a host that tells whether the network is reached; else the gateway")
    .option("--yes", "ask nothing")
    .option("--force", "replace a systole.yaml that is there; a key that is there stays")
    .addHelpText("after", AFTER_HELP)
    .action(async (options: InitOptions) => {
      const { init } = await import("./init.js");
      done(await init(options, terminal));
    });
}
