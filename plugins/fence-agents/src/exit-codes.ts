// What fence agents mean by their exit codes, beyond that 0 is success.
import type { FenceResult } from "@systole/sdk";

const MEANINGS: Readonly<Record<number, string>> = {
  1: "it has failed",
  2: "it was called wrongly",
  3: "the device does not let us in",
  4: "the connection was lost",
  5: "the device did not answer in time",
  6: "the plug was not on in time",
  7: "the plug was not off in time",
  8: "the state of the plug cannot be learned",
};
/** The agent has given up waiting: what it asked for may still happen. */
const TIMED_OUT: ReadonlySet<number> = new Set([5, 6, 7]);

/** `doing` and `words`: what the agent was doing, and what it said. */
export function failedAgent(
  exitCode: number,
  doing: string,
  words: string,
): Extract<FenceResult, { readonly ok: false }> {
  const kind = TIMED_OUT.has(exitCode) ? "timeout" : "error";
  const meaning = MEANINGS[exitCode];
  const reason = `${doing} exited with ${exitCode}${meaning === undefined ? "" : `, ${meaning}`}${words}`;
  return { ok: false, kind, reason };
}
