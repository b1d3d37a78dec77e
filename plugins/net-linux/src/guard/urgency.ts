// Makes the guard run before everything else: what it has to do is little, and cannot wait for a busy machine.
import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { loadLibc } from "../native/libc.js";

/** Among real-time threads a low one: the kernel's own are higher. */
const REAL_TIME_PRIORITY = 5;
const MOST_URGENT_NICE = -20;
/** Memory is never taken from it: it holds little, and is needed most when there is none. */
const NEVER_ENDED_FOR_MEMORY = "-1000";

/** As far as this process may: `real-time`, `nice -20` or `ordinary`. */
export function becomeUrgent(): string {
  try {
    writeFileSync("/proc/self/oom_score_adj", NEVER_ENDED_FOR_MEMORY);
  } catch {
    // Where that may not be, it takes its chance.
  }
  const loaded = loadLibc();
  if (loaded.ok && loaded.libc.becomeRealTime(REAL_TIME_PRIORITY) >= 0) return "real-time";
  try {
    setPriority(MOST_URGENT_NICE);
    return `nice ${MOST_URGENT_NICE}`;
  } catch {
    return "ordinary";
  }
}
