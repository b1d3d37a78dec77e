// The command line: what `systole --help` shows, and which function does it.
import { Argument, Command, CommanderError, Option } from "commander";
import { addAgentsCommands } from "./commands/agents/agents-commands.js";
import type { CompletionOptions } from "./commands/completion/completion.js";
import { SHELLS, type Shell } from "./commands/completion/scripts.js";
import { addConfigCommands, addConvertCommand } from "./commands/config/config-commands.js";
import { addExplainCommands } from "./commands/explain/explain-commands.js";
import { addFenceCommands } from "./commands/fence/fence-commands.js";
import { addInitCommand } from "./commands/init/init-command.js";
import { addKeysCommands } from "./commands/keys/keys-commands.js";
import { addNodeCommands } from "./commands/node/node-commands.js";
import { addOperatorCommands } from "./commands/operator-commands.js";
import { runDir, stateDir } from "./commands/operator-options.js";
import { addPluginCommands } from "./commands/plugin/plugin-commands.js";
import { addSimulateCommands } from "./commands/simulate/simulate-commands.js";
import { addWireCommands } from "./commands/wire/wire-commands.js";
import { addWitnessCommands } from "./commands/witness/witness-commands.js";
import type { CheckOptions } from "./commands/check.js";
import type { ReapOptions } from "./commands/reap.js";
import type { RunOptions } from "./commands/run.js";
import type { Terminal } from "./commands/terminal.js";
import { EXIT_CODES, exitCodeOf } from "./exit-codes.js";
import { daemonVersion } from "./version.js";

const AFTER_HELP = `
Examples:
  systole check                    is /etc/ha.d good, and what does each resource mean here?
  systole init                     a first configuration; asks what it needs
  systole config explain KEY       what a key of systole.yaml means
  systole convert                  systole.yaml from heartbeat's three files
  systole simulate --kill NODE     what would happen, when and why; see systole simulate --help
  systole run                      the daemon, in the foreground; SIGTERM ends it in order
  systole status                   who is there, who holds what, and why
  systole explain web              what led to that; see systole explain --help
  systole events --follow          what happens, as it happens
  systole monitor                  a live view of all of it
  systole move web                 give one group to another node; systole restart nginx
  systole standby                  give everything to the other node
  systole node add third           a third machine may join; see systole node --help
  systole fence list               what can switch a node off; see systole fence --help
  systole keys status              who seals, with which keys; see systole keys --help
  systole witness --help           a third voice for two nodes, on a machine of its own
  systole agents list              what can be a resource on this machine
  systole wire sniff eth0          what the nodes say to each other, as they say it

Exit codes: 0 done · 1 not done, the reason is on stderr · 4 not permitted ·
  6 the configuration has errors · 64 wrong usage · 70 internal error ·
  102 no daemon answers · 108 a daemon runs already · 124 not done in time
`;

const COMPLETION_HELP = `
Names of nodes, groups and resources are asked of the daemon here; without one only words are completed.

Examples:
  source <(systole completion bash)          in ~/.bashrc
  source <(systole completion zsh)           in ~/.zshrc, behind compinit
  systole completion fish | source           in ~/.config/fish/config.fish
`;

const haDir = () =>
  new Option("--ha-dir <dir>", "where ha.cf, authkeys and haresources are").default("/etc/ha.d");
const node = () => new Option("--node <name>", "this node's name, if it is not what `uname -n` prints");
const insecure = () => new Option("--insecure", "let crc in authkeys be: anybody can forge it");

type Done = (exitCode: number) => void;

function addDaemonCommands(program: Command, terminal: Terminal, done: Done): void {
  program
    .command("run")
    .description("run the daemon in the foreground")
    .addOption(haDir())
    .addOption(stateDir())
    .addOption(runDir())
    .addOption(node())
    .addOption(insecure())
    .action(async (options: RunOptions) => {
      const { run } = await import("./commands/run.js");
      done(await run(options, terminal));
    });
  program
    .command("check")
    .description("read the configuration and show every problem at once")
    .addOption(haDir())
    .addOption(node())
    .addOption(insecure())
    .option("--json", "for programs")
    .action(async (options: CheckOptions) => {
      const { check } = await import("./commands/check.js");
      done(await check(options, terminal));
    });
  program
    .command("reap")
    .description("take away the addresses that a dead daemon has left on this machine")
    .addOption(runDir())
    .action(async (options: ReapOptions) => {
      const { reap } = await import("./commands/reap.js");
      done(await reap(options, terminal));
    });
}

/** Old names, old arguments, old exit codes: nothing of them is ours to read. */
function addCompatCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .enablePositionalOptions()
    .command("compat")
    .description("heartbeat's own commands: cl_status, hb_standby, hb_takeover, hb_addnode …")
    .argument("<command>")
    .argument("[arguments...]")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (name: string, args: readonly string[]) => {
      const { compat } = await import("./commands/compat/compat.js");
      done(await compat(name, args, terminal));
    });
}

function addCompletionCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command("completion")
    .description("print what makes Tab complete systole in a shell")
    .addArgument(new Argument("<shell>", "which one").choices(SHELLS))
    .addOption(new Option("--line <text>", "what fits behind that").hideHelp())
    .addHelpText("after", COMPLETION_HELP)
    .action(async (shell: Shell, options: CompletionOptions) => {
      const { completion } = await import("./commands/completion/completion.js");
      done(await completion(shell, options, program, terminal));
    });
}

function makeProgram(terminal: Terminal, done: Done): Command {
  const program = new Command("systole")
    .description("Keeps an address and its services on one of several machines.")
    .version(daemonVersion(), "--version", "print the version")
    .helpOption("-h, --help", "show this, or the help of a command")
    .helpCommand(false)
    .addHelpText("after", AFTER_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
      getOutHasColors: () => terminal.out.hasColours,
      getErrHasColors: () => terminal.err.hasColours,
    });
  addDaemonCommands(program, terminal, done);
  addOperatorCommands(program, terminal, done);
  addExplainCommands(program, terminal, done);
  addInitCommand(program, terminal, done);
  addConfigCommands(program, terminal, done);
  addConvertCommand(program, terminal, done);
  addKeysCommands(program, terminal, done);
  addNodeCommands(program, terminal, done);
  addFenceCommands(program, terminal, done);
  addCompatCommand(program, terminal, done);
  addAgentsCommands(program, terminal, done);
  addSimulateCommands(program, terminal, done);
  addWireCommands(program, terminal, done);
  addPluginCommands(program, terminal, done);
  addWitnessCommands(program, terminal, done);
  addCompletionCommand(program, terminal, done);
  return program;
}

/** Runs one command line, without the program's own name. Never throws; returns the exit code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT_CODES.ok;
  const program = makeProgram(terminal, (code) => (exitCode = code));
  if (args.length === 0) {
    terminal.err.write(program.helpInformation() + AFTER_HELP);
    return EXIT_CODES.usage;
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    terminal.err.write(`systole: ${error instanceof Error ? error.message : String(error)}\n`);
    return exitCodeOf(error);
  }
}
