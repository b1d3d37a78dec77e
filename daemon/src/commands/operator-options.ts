// Options that every command to a running daemon has.
import { InvalidArgumentError, Option } from "commander";
import { DEFAULT_RUN_DIRECTORY } from "../control/run-directory.js";

export const DEFAULT_STATE_DIRECTORY = "/var/lib/systole";
const MAX_TIMEOUT_SECONDS = 3600;
/** Longer than the daemon's own limit, so that its reason arrives. */
const DEFAULT_TIMEOUT_SECONDS = 150;

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS) return seconds;
  throw new InvalidArgumentError(`Write seconds, more than 0 and at most ${MAX_TIMEOUT_SECONDS}.`);
}

/** Which daemon is meant. */
export const runDir = () =>
  new Option("--run-dir <dir>", "where the control socket is").default(DEFAULT_RUN_DIRECTORY);

/** Whose journal is meant. */
export const stateDir = () =>
  new Option("--state-dir <dir>", "where the daemon keeps what survives a restart").default(
    DEFAULT_STATE_DIRECTORY,
  );

/** In seconds. */
export const timeout = () =>
  new Option("--timeout <seconds>", "how long it may take")
    .default(DEFAULT_TIMEOUT_SECONDS)
    .argParser(parseSeconds);

/** Of a command that asks for something to be done. */
export const jsonAnswer = () => new Option("--json", "for programs: ok, reason and tookMs as JSON");
