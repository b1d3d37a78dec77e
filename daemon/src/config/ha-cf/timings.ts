// The times that belong together: heartbeat's defaults, and what cannot work with what.
import type { MembershipTimings } from "@systole/core/ports";
import type { Problems } from "../problem.js";
import { formatMs } from "../time-value.js";
import type { HaCf } from "./ha-cf.js";

/** What is taken where nothing is written. */
export interface TimeDefaults {
  readonly keepaliveMs: number;
  readonly deadMs: number;
  /** For the deadtime that counts. */
  readonly warnMs: (deadMs: number) => number;
  readonly initialDeadMs: (deadMs: number) => number;
}

const SHORT_INITIAL_DEAD_MS = 10_000;

/** What heartbeat takes for `initdead` when ha.cf does not say. */
export function defaultInitialDeadMs(deadMs: number): number {
  if (deadMs > 10_000) return deadMs;
  return deadMs < 6000 ? 12_000 : 2 * deadMs;
}

export const HEARTBEAT_TIMES: TimeDefaults = {
  keepaliveMs: 1000,
  deadMs: 30_000,
  warnMs: (deadMs) => Math.round(deadMs / 2),
  initialDeadMs: defaultInitialDeadMs,
};

/** Fills in the defaults and reports times that contradict each other, at the line that is wrong. */
export function membershipTimings(
  haCf: HaCf,
  problems: Problems,
  defaults: TimeDefaults = HEARTBEAT_TIMES,
): MembershipTimings {
  const { keepalive, deadtime, warntime, initdead, deadping } = haCf.times;
  const keepaliveMs = keepalive?.value ?? defaults.keepaliveMs;
  const deadMs = deadtime?.value ?? defaults.deadMs;
  const warnMs = warntime?.value ?? defaults.warnMs(deadMs);
  const initialDeadMs = initdead?.value ?? defaults.initialDeadMs(deadMs);
  const pingDeadMs = deadping?.value ?? deadMs;

  const deadPlace = deadtime?.at ?? keepalive?.at;
  if (deadPlace !== undefined && deadMs <= 2 * keepaliveMs) {
    const message = `deadtime (${formatMs(deadMs)}) must be more than twice keepalive (${formatMs(keepaliveMs)}); lengthen deadtime or shorten keepalive`;
    problems.error(deadPlace, "deadtime.too-short", message);
  }
  if (deadping !== undefined && pingDeadMs <= 2 * keepaliveMs) {
    const message = `deadping (${formatMs(pingDeadMs)}) must be more than twice keepalive (${formatMs(keepaliveMs)}); lengthen deadping`;
    problems.error(deadping.at, "deadping.too-short", message);
  }
  if (warntime !== undefined && warnMs >= deadMs) {
    const message = `warntime (${formatMs(warnMs)}) is not shorter than deadtime (${formatMs(deadMs)}), so there is never a warning; write about half of deadtime`;
    problems.warning(warntime.at, "warntime.too-long", message);
  }
  if (initdead !== undefined && initialDeadMs < deadMs) {
    const message = `initdead (${formatMs(initialDeadMs)}) is shorter than deadtime (${formatMs(deadMs)}); write at least deadtime, better twice that`;
    problems.error(initdead.at, "initdead.too-short", message);
  } else if (initdead !== undefined && initialDeadMs < SHORT_INITIAL_DEAD_MS) {
    const message = `initdead (${formatMs(initialDeadMs)}) is less than 10 s, and some networks need longer after a boot; keep it if yours does not`;
    problems.warning(initdead.at, "initdead.short", message);
  }
  return {
    keepaliveMs,
    warnMs,
    deadMs,
    initialDeadMs,
    pingDeadMs,
    maxRetransmitDelayMs: haCf.maxRetransmitDelayMs,
  };
}
