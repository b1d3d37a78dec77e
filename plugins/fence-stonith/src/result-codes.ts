// What the program `stonith` means by its exit code. Scripts have no such codes: theirs is 0, or they have failed.
import type { FenceAction, FenceResult } from "@systole/sdk";

const MEANINGS: Readonly<Record<number, string>> = {
  1: "the configuration is wrong",
  2: "the device does not let us in",
  3: "a parameter is wrong",
  4: "the device does not know the node",
  5: "the device could not do it",
  6: "the device did not answer in time",
  7: "the node is off",
  8: "something unexpected happened",
};
const BAD_HOST = 4;
const TIMED_OUT = 6;
const IS_OFF = 7;

/** `words`: what the program said. A node that cannot be reset because it is off has stopped, which is what was asked. */
export function nativeResult(exitCode: number, action: FenceAction, words: string): FenceResult {
  if (exitCode === 0 || (exitCode === IS_OFF && action !== "on")) return { ok: true };
  const kind = exitCode === BAD_HOST ? "unknown-node" : exitCode === TIMED_OUT ? "timeout" : "error";
  const meaning = MEANINGS[exitCode] ?? "it has failed";
  return { ok: false, kind, reason: `stonith exited with ${exitCode}, ${meaning}${words}` };
}
