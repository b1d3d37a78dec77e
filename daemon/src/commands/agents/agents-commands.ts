// The `systole agents` part of the command line: which agents there are, what they can be told, and whether they work.
import { Argument, InvalidArgumentError, Option, type Command } from "commander";
import { untilInterrupted } from "../interrupted.js";
import type { Terminal } from "../terminal.js";
import { AGENT_CLASSES } from "./classes.js";
import type { DescribeOptions } from "./describe.js";
import type { ListOptions } from "./list.js";
import type { TryOptions } from "./try-agent.js";

const DEFAULT_STEP_SECONDS = 60;
const MAX_STEP_SECONDS = 3600;

const AFTER_HELP = `
Examples:
  systole agents list ocf
  systole agents describe ocf:heartbeat:Filesystem
  systole agents test ocf:heartbeat:Dummy state=/tmp/dummy.state
  systole agents test 192.0.2.10/24/eth0
  systole agents test systemd:nginx.service

An agent is named as in haresources; its parameters may follow behind "::" or as words of their own.
`;

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= MAX_STEP_SECONDS) return value;
  throw new InvalidArgumentError(`Write seconds, more than 0 and at most ${MAX_STEP_SECONDS}.`);
}

const haDir = () => new Option("--ha-dir <dir>", "where heartbeat's resource.d is").default("/etc/ha.d");

/** Adds `agents list`, `agents describe` and `agents test`; `done` gets the exit code. */
export function addAgentsCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  const agents = program
    .command("agents")
    .description("the agents of this machine: which there are, what they take, whether they work")
    .helpCommand(false)
    .addHelpText("after", AFTER_HELP);
  agents
    .command("list")
    .description("show what exists on this machine, in every class")
    .addArgument(new Argument("[class]", "only this class").choices([...AGENT_CLASSES.keys()]))
    .addOption(haDir())
    .option("--json", "for programs")
    .action(async (wanted: string | undefined, options: ListOptions) => {
      const { listAgents } = await import("./list.js");
      done(await listAgents(wanted, options, terminal));
    });
  agents
    .command("describe")
    .description("show what an agent says of itself: its parameters, their defaults, its actions")
    .argument("<agent>", "e.g. ocf:heartbeat:Filesystem, nginx, lsb:ssh")
    .addOption(haDir())
    .option("--json", "for programs")
    .action(async (name: string, options: DescribeOptions) => {
      const { describeAgent } = await import("./describe.js");
      done(await describeAgent(name, options, terminal));
    });
  agents
    .command("test")
    .description(
      "start and stop a resource for real, here and now, and see whether its agent keeps its promises",
    )
    .argument("<agent>", "as in haresources; it must not be running")
    .argument("[parameter...]", "e.g. device=/dev/sdb1 directory=/data")
    .addOption(haDir())
    .addOption(
      new Option("--timeout <seconds>", "how long each step may take")
        .default(DEFAULT_STEP_SECONDS)
        .argParser(seconds),
    )
    .option("--contract", "then also every case of the contract that the SDK holds agents against")
    .option("--json", "for programs")
    .action(async (name: string, parameters: readonly string[], options: TryOptions) => {
      const { tryAgent } = await import("./try-agent.js");
      done(await untilInterrupted((signal) => tryAgent([name, ...parameters], options, terminal, signal)));
    });
}
