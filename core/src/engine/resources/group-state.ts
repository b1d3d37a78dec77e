// What a group of resources does as a whole, judged from what each of them does.
import type { RunState } from "../../ports/index.js";

export interface GroupFactors {
  readonly states: readonly RunState[];
  /** Everything that is started was started by us since the group was last told to run. */
  readonly confirmed: boolean;
  /** The group is to run. */
  readonly upward: boolean;
  /** It was running, and what failed is being restarted. */
  readonly recovering: boolean;
  /** A stop failed too often for hope. */
  readonly stuck: boolean;
}

export function groupState({ states, confirmed, upward, recovering, stuck }: GroupFactors): RunState {
  if (states.every((state) => state === "stopped")) return upward && recovering ? "starting" : "stopped";
  if (states.every((state) => state === "started")) {
    if (!upward) return "stopping";
    return confirmed ? "started" : "starting";
  }
  if (stuck) return "failed";
  if (states.every((state) => state === "unknown" || state === "stopped")) return "unknown";
  return upward ? "starting" : "stopping";
}
