// The part of the command line that tells people why: `systole explain`, `systole events`, `systole monitor`.
import { Option, type Command } from "commander";
import { OR_LEFT, untilInterrupted } from "../interrupted.js";
import { parseMoment } from "../moment.js";
import { runDir, stateDir } from "../operator-options.js";
import type { Terminal } from "../terminal.js";
import type { EventsOptions } from "./events.js";
import type { ExplainOptions } from "./explain.js";
import type { MonitorOptions } from "./monitor.js";

const EXPLAIN_HELP = `
Examples:
  systole explain web              why is it where it is, and what led to that?
  systole explain bravo            what became of that node, and what came of it?
  systole explain web --at 03:12   as it was at night
  systole explain web --since 2d   everything that happened to it in two days
  systole explain web --journal /tmp/bravo/journal   with a copy of the other node's journal beside

docs/explain.md is the guide.
`;

const moment = (flags: string, description: string) =>
  new Option(flags, description).argParser((text) => parseMoment(text, Date.now()));
const since = () => moment("--since <time>", "from then on: a moment, or how long ago, e.g. 1h");

/** `done` gets the exit code. */
export function addExplainCommands(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  program
    .command("explain")
    .description("tell what led to what: for a group, where it is, and for a node, what became of it")
    .argument("<group-or-resource-or-node>", "a group, one of its resources, or a node")
    .addOption(moment("--at <time>", 'as it was then, e.g. 10:02 or "2026-11-25 10:02:11"'))
    .addOption(since())
    .option("--journal <dir...>", "copies of other nodes' journal directories, to be read as well")
    .option("--json", "for programs")
    .addOption(stateDir())
    .addHelpText("after", EXPLAIN_HELP)
    .action(async (name: string, options: ExplainOptions) => {
      const { explain } = await import("./explain.js");
      done(explain(name, options, terminal));
    });
  program
    .command("events")
    .description("show what has happened on this node, from its journal, and with --follow what happens")
    .addOption(since())
    .option("--follow", "go on until Ctrl-C, also when the daemon ends and comes back")
    .option("--json", "for programs: one entry a line")
    .addOption(stateDir())
    .addOption(runDir())
    .action(async (options: EventsOptions) => {
      const { events } = await import("./events.js");
      done(await untilInterrupted((signal) => events(options, terminal, signal), OR_LEFT));
    });
  program
    .command("monitor")
    .description("a live view: nodes, links, groups, what is under way; q or Ctrl-C ends it")
    .addOption(runDir())
    .action(async (options: MonitorOptions) => {
      const { monitor } = await import("./monitor.js");
      done(await untilInterrupted((signal) => monitor(options, terminal, signal), OR_LEFT));
    });
}
