// The kernel's monotonic clock: the same for every process of a machine, unlike the time since a process began.
import { hrtime } from "node:process";

export function monotonicMs(): number {
  return Number(hrtime.bigint()) / 1e6;
}
