// `systole simulate`: this machine's configuration, lived through on a virtual clock before it is lived through.
import { USERS } from "@systole/sim";
import type { Machine } from "../../config/machine.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { formatProblem, summary } from "../problem-report.js";
import type { Terminal } from "../terminal.js";
import { readConfiguration, type ConfigurationOptions } from "./configuration.js";
import { SIMULATE_DEFAULTS, SIMULATE_LIMITS } from "./limits.js";
import { Progress } from "./progress.js";
import { RandomLives } from "./random-lives.js";
import { formatFindings, formatLine, formatSetting, formatWhatIf, widthOf } from "./report.js";
import { settingOf, type Setting } from "./stage.js";
import { inOrder, objectionTo, type Step } from "./steps.js";
import { whatIf } from "./what-if.js";

export interface SimulateOptions extends ConfigurationOptions {
  /** What is to be done, in the order of the command line; empty: random lives. */
  readonly steps: readonly Step[];
  readonly seed?: number;
  readonly lives?: number;
  readonly hours?: number;
  readonly agentsTake: number;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

const HOUR_MS = 3_600_000;
const SEEDS = SIMULATE_LIMITS.seed + 1;
/** What is asked for happens in a cluster that is the same each time. */
const WHAT_IF_SEED = 1;

/** Resolves to the exit code: 0, or 1 when something did not hold that the configuration promises. `signal` ends random lives. */
export async function simulate(
  options: SimulateOptions,
  terminal: Terminal,
  signal: AbortSignal,
  machine?: Machine,
): Promise<number> {
  const configuration = await readConfiguration(options, machine);
  if (!configuration.ok) {
    const { problems, sources } = configuration;
    for (const problem of problems) terminal.err.write(formatProblem(problem, sources, terminal.err));
    terminal.err.write(`systole: nothing is simulated, the configuration has ${summary(problems)}.\n`);
    return EXIT_CODES.notConfigured;
  }
  const setting = settingOf(configuration.nodes, configuration.signs, options.agentsTake * 1000);
  return options.steps.length > 0
    ? tellWhatIf(setting, options, terminal)
    : liveAtRandom(setting, options, terminal, signal);
}

function tellWhatIf(setting: Setting, options: SimulateOptions, { out, err }: Terminal): number {
  const steps = inOrder(options.steps);
  const { nodes, ends = [] } = setting.scene;
  const excess = (["lives", "hours"] as const).find((name) => options[name] !== undefined);
  const objection =
    excess === undefined
      ? objectionTo(steps, nodes, [...ends, USERS])
      : `--${excess} is for random misfortunes; leave it out, or --${options.steps[0]?.deed ?? ""}`;
  if (objection !== undefined) {
    err.write(`systole: ${objection}\n`);
    return EXIT_CODES.usage;
  }
  const seed = options.seed ?? WHAT_IF_SEED;
  const result = whatIf(setting, steps, seed);
  if (options.json === true) {
    const document = { kind: "what-if", seed, assumptions: setting.assumptions, ...result };
    out.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else out.write(formatSetting(setting, out) + formatWhatIf(result, setting, out));
  return result.complaint === undefined ? EXIT_CODES.ok : EXIT_CODES.error;
}

async function liveAtRandom(
  setting: Setting,
  options: SimulateOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { out, err } = terminal;
  const first = options.seed ?? Math.floor(Math.random() * SEEDS);
  const wanted =
    options.hours === undefined ? (options.lives ?? SIMULATE_DEFAULTS.lives) : Number.POSITIVE_INFINITY;
  const wantedMs = options.hours === undefined ? Number.POSITIVE_INFINITY : options.hours * HOUR_MS;
  const lives = new RandomLives(setting);
  const progress = new Progress(err, wanted, wantedMs);
  if (options.json !== true) out.write(`${formatSetting(setting, out)}Seeds from ${first}.\n`);
  const width = widthOf(setting);
  const isTold = options.verbose === true && options.json !== true;
  for (
    let count = 0;
    count < wanted && lives.findings().simulatedMs < wantedMs && !signal.aborted;
    count += 1
  ) {
    const seed = (first + count) % SEEDS;
    if (isTold) out.write(`Life ${seed}\n`);
    lives.live(seed, isTold ? (line) => out.write(formatLine(line, width, out)) : undefined);
    progress.show(lives.findings());
    // So that Ctrl-C is heard.
    await new Promise((resolve) => setImmediate(resolve));
  }
  progress.clear();
  const findings = lives.findings();
  const isInterrupted = signal.aborted;
  if (options.json === true) {
    const { assumptions } = setting;
    const document = {
      kind: "random-lives",
      firstSeed: first,
      interrupted: isInterrupted,
      assumptions,
      ...findings,
    };
    out.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else {
    if (isInterrupted) out.write("Interrupted; so far:\n");
    out.write(formatFindings(findings, setting, adviceOf(options), out));
  }
  return findings.complaints.length === 0 ? EXIT_CODES.ok : EXIT_CODES.error;
}

/** The options without which the same seed would be another life. */
function adviceOf({ haDir, node, insecure, agentsTake }: SimulateOptions): { readonly options: string } {
  const options = [
    ...(haDir === SIMULATE_DEFAULTS.haDir ? [] : [`--ha-dir ${haDir}`]),
    ...(node === undefined ? [] : [`--node ${node}`]),
    ...(insecure === true ? ["--insecure"] : []),
    ...(agentsTake === SIMULATE_DEFAULTS.agentsTakeSeconds ? [] : [`--agents-take ${agentsTake}`]),
  ];
  return { options: options.map((option) => ` ${option}`).join("") };
}
