// Power switches of simulated clusters: they work, or fail in every way that a real one can.
import type { FenceResult } from "@systole/core/ports";

/**
 * `fails`: says no. `hangs`: says nothing, and is given up. `late`: is given up, and does it all the same. `caught`: says
 * yes, does nothing, and its status shows that. `lies`: says yes, does nothing, and cannot tell its status.
 */
export type SwitchBehaviour = "works" | "fails" | "hangs" | "late" | "caught" | "lies";

export interface SwitchOutcome {
  readonly afterMs: number;
  /** The node ends. */
  readonly ends: boolean;
  readonly result: FenceResult;
}

const WORK_MS = 200;
const PATIENCE_MS = 3000;

export function outcomeOf(behaviour: SwitchBehaviour): SwitchOutcome {
  const failed = (kind: "error" | "timeout", reason: string) => ({ ok: false, kind, reason }) as const;
  switch (behaviour) {
    case "works":
      return { afterMs: WORK_MS, ends: true, result: { ok: true } };
    case "fails":
      return { afterMs: WORK_MS, ends: false, result: failed("error", "no answer") };
    case "hangs":
      return { afterMs: PATIENCE_MS, ends: false, result: failed("timeout", "it hangs") };
    case "late":
      return { afterMs: PATIENCE_MS, ends: true, result: failed("timeout", "it is late") };
    case "caught":
      return { afterMs: PATIENCE_MS, ends: false, result: failed("error", "its status is still on") };
    case "lies":
      return { afterMs: WORK_MS, ends: false, result: { ok: true } };
  }
}
