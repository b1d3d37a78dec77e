// The `systole simulate` part of the command line.
import { InvalidArgumentError, Option, type Command } from "commander";
import { untilInterrupted } from "../interrupted.js";
import type { Terminal } from "../terminal.js";
import { SIMULATE_DEFAULTS, SIMULATE_LIMITS } from "./limits.js";
import type { SimulateOptions } from "./simulate.js";
import { parseStep, type Deed, type Step } from "./steps.js";

const AFTER_HELP = `
Examples:
  systole simulate --kill master             what happens when that daemon dies, when, and why
  systole simulate --cut master,cluster1     and when the two do not hear each other
  systole simulate --isolate master --kill master@60
  systole simulate --lives 1000              random misfortunes: are there ever two owners, and how long nobody serves
  systole simulate --hours 1000 --json

Without --kill and the like misfortunes are random. What is done happens at once, or "@SECONDS" after the cluster is stable.
Nothing is touched: only the configuration is read, and lived through on a virtual clock. See docs/simulate.md.
`;

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Write a whole number, ${least} to ${most}.`);
  };
}

function number(what: string, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= most) return value;
    throw new InvalidArgumentError(`Write ${what}, more than 0 and at most ${most}.`);
  };
}

const DEEDS: readonly (readonly [Deed, string, string])[] = [
  ["kill", "node", "its daemon dies, as after kill -9"],
  ["power-off", "node", "the machine is off"],
  ["cut", "a,b", "they do not reach each other: nodes, ping nodes, quorums"],
  ["isolate", "node", "it reaches nobody, and nobody reaches it"],
  ["freeze", "node", "the machine stands still"],
  ["stop", "node", "somebody types `systole stop` there"],
  ["standby", "node", "somebody types `systole standby` there"],
];

/** In the order of the command line, whatever option each of them is of. */
function stepOptions(steps: Step[]): readonly Option[] {
  return DEEDS.map(([deed, argument, description]) =>
    new Option(`--${deed} <${argument}>`, `${description}; repeatable`).argParser((text: string) => {
      if (steps.length >= SIMULATE_LIMITS.steps)
        throw new InvalidArgumentError(`At most ${SIMULATE_LIMITS.steps} things are done to one cluster.`);
      steps.push(parseStep(deed, text));
      return text;
    }),
  );
}

/** Adds `simulate`; `done` gets the exit code. */
export function addSimulateCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  const steps: Step[] = [];
  const simulate = program
    .command("simulate")
    .description("live through this configuration on a virtual clock: what would happen, when and why")
    .addOption(
      new Option("--ha-dir <dir>", "where ha.cf, authkeys and haresources are").default(
        SIMULATE_DEFAULTS.haDir,
      ),
    )
    .addOption(new Option("--node <name>", "this node's name, if it is not what `uname -n` prints"))
    .addOption(new Option("--insecure", "let crc in authkeys be: anybody can forge it"));
  for (const option of stepOptions(steps)) simulate.addOption(option);
  simulate
    .addOption(
      new Option(
        "--lives <count>",
        `so many random lives; ${SIMULATE_DEFAULTS.lives} unless given`,
      ).argParser(whole(1, SIMULATE_LIMITS.lives)),
    )
    .addOption(
      new Option("--hours <hours>", "or as many as so many hours of cluster time have room for")
        .argParser(number("hours", SIMULATE_LIMITS.hours))
        .conflicts("lives"),
    )
    .addOption(new Option("--seed <number>", "of the first life").argParser(whole(0, SIMULATE_LIMITS.seed)))
    .addOption(
      new Option("--agents-take <seconds>", "how long every start and stop takes")
        .default(SIMULATE_DEFAULTS.agentsTakeSeconds)
        .argParser(number("seconds", SIMULATE_LIMITS.agentsTakeSeconds)),
    )
    .option("--verbose", "tell each random life line by line")
    .option("--json", "for programs")
    .addHelpText("after", AFTER_HELP)
    .action(async (options: Omit<SimulateOptions, "steps">) => {
      const { simulate: run } = await import("./simulate.js");
      done(await untilInterrupted((signal) => run({ ...options, steps }, terminal, signal)));
    });
}
