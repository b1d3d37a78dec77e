// `systole monitor`: looks again and again, and shows it: on a screen in place, into a pipe as a table for each change.
import { askReading } from "../../control/control-client.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { pause } from "../interrupted.js";
import { harmless, widthOf, type Terminal } from "../terminal.js";
import { wrapped } from "../wrapped.js";
import { monitorLines } from "./monitor-text.js";
import { Screen } from "./screen.js";

export interface MonitorOptions {
  readonly runDir: string;
}

const EVERY_MS = 500;
const TIMEOUT_MS = 2000;

/** Returns the exit code, when `signal` aborts or somebody types q. */
export async function monitor(
  options: MonitorOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { out } = terminal;
  if (out.isLive !== true) {
    await printChanges(options, terminal, signal);
    return EXIT_CODES.ok;
  }
  const screen = new Screen(out);
  const either = AbortSignal.any([signal, screen.closed]);
  try {
    while (!either.aborted) {
      screen.show(await look(options, terminal, false));
      await pause(EVERY_MS, either);
    }
  } finally {
    screen.close();
  }
  return EXIT_CODES.ok;
}

async function printChanges(options: MonitorOptions, terminal: Terminal, signal: AbortSignal): Promise<void> {
  let shown = "";
  while (!signal.aborted) {
    const text = `${(await look(options, terminal, true)).join("\n")}\n`;
    if (text !== shown) terminal.out.write(shown === "" ? text : `\n${text}`);
    shown = text;
    await pause(EVERY_MS, signal);
  }
}

async function look(
  { runDir }: MonitorOptions,
  { out }: Terminal,
  isStill: boolean,
): Promise<readonly string[]> {
  const width = widthOf(out);
  const say = (text: string): readonly string[] => wrapped(harmless(text), "", "", width);
  try {
    const answer = await askReading(runDir, { command: "status" }, { timeoutMs: TIMEOUT_MS });
    if (answer.ok && answer.status !== undefined)
      return monitorLines(answer.status, { output: out, width, isStill });
    return say(answer.reason ?? "the daemon said nothing");
  } catch (error) {
    // It may come, or come back.
    return say(error instanceof Error ? error.message : String(error));
  }
}
