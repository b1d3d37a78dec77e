// How a script's answer to `status` becomes a state. Two conventions, because scripts of the two classes differ.
import type { ResourceState } from "@systole/sdk";

/** Judges a finished `status`; `output` is stdout followed by stderr. */
export type StatusRule = (output: string, exitCode: number | null) => ResourceState;

/**
 * The class `heartbeat`: output decides and the exit code says nothing, since scripts in resource.d never agreed on codes.
 * "not running" in any of four spellings: stopped. Else "running", "Running" or "OK": running. Else stopped.
 */
export const heartbeatConvention: StatusRule = (output) => judgedByOutput(output) ?? "stopped";

/**
 * The class `lsb`: output decides where it does under heartbeat's rule, for compatibility with heartbeat. Where it says
 * neither, LSB's exit codes do: 0 running; 1 and 2 failed (dead, but a pid or lock file is left); 3 stopped. Any other code
 * or a signal: stopped, as under heartbeat's rule, so that a start is tried and its own exit code decides.
 */
export const lsbConvention: StatusRule = (output, exitCode) => {
  const said = judgedByOutput(output);
  if (said !== undefined) return said;
  if (exitCode === 0) return "running";
  return exitCode === 1 || exitCode === 2 ? "failed" : "stopped";
};

function judgedByOutput(output: string): "running" | "stopped" | undefined {
  if (/[Nn][Oo][Tt] [Rr]unning/.test(output)) return "stopped";
  return /running|Running|OK/.test(output) ? "running" : undefined;
}
