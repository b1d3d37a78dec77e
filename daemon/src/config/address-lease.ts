// How long the kernel may hold an address without a renewal: so short that it is gone before another node takes over, and
// so long that a daemon which is a little late does not lose it. Pure; docs/addresses.md has the measurements.
import type { MembershipTimings } from "@systole/core/ports";
import type { HaCf } from "./ha-cf/ha-cf.js";
import { WHOLE_FILE, type Position, type Problems } from "./problem.js";
import type { SystoleSettings } from "./systole-yaml/parse.js";
import { formatMs } from "./time-value.js";

/** The kernel looks at least a second after its last look, so that an address outlives its lease by up to that. */
const KERNEL_LATE_MS = 1000;
/** For a kernel that is busy when it should look. */
const MARGIN_MS = 200;
/** It counts in these. */
const SECOND_MS = 1000;

/**
 * What the address may outlive the last sign of life by, besides its lease. The others may have missed that sign, and
 * count from the one before.
 */
function overheadMs({ keepaliveMs }: MembershipTimings): number {
  return KERNEL_LATE_MS + MARGIN_MS + keepaliveMs;
}

/** A sign of life that comes a keepalive late must not cost the address. */
function shortestMs({ keepaliveMs }: MembershipTimings): number {
  return Math.ceil((2 * keepaliveMs) / SECOND_MS) * SECOND_MS;
}

/** In whole seconds; may be shorter than the shortest, and is none then. */
function longestMs(timings: MembershipTimings): number {
  return Math.floor((timings.deadMs - overheadMs(timings)) / SECOND_MS) * SECOND_MS;
}

export interface LeaseFiles {
  readonly haCf: HaCf;
  readonly systoleYaml: SystoleSettings;
  /** Whether there is an address to hold. */
  readonly hasAddresses: boolean;
}

/** Milliseconds of the lease that addresses are held with; undefined for none. Reports into the file that is wrong. */
export function addressLease(
  { haCf, systoleYaml, hasAddresses }: LeaseFiles,
  timings: MembershipTimings,
  inHaCf: Problems,
  inSystoleYaml: Problems,
): number | undefined {
  const wanted = systoleYaml.settings.addresses?.lease ?? "auto";
  if (wanted === "off") return undefined;
  if (wanted !== "auto") {
    checkWritten(wanted, timings, systoleYaml.place("addresses", "lease"), inSystoleYaml);
    return wanted;
  }
  const longest = longestMs(timings);
  if (longest >= shortestMs(timings)) return longest;
  // A deadtime that cannot work at all is an error already.
  const works = timings.deadMs > 2 * timings.keepaliveMs;
  if (hasAddresses && works) warnTooShort(haCf, timings, inHaCf);
  return undefined;
}

function warnTooShort({ times }: HaCf, timings: MembershipTimings, problems: Problems): void {
  const least = shortestMs(timings) + overheadMs(timings);
  const message = `deadtime (${formatMs(timings.deadMs)}) is too short for the kernel to take an address away when this daemon is killed or stands still: it then stays here while the other node has it too; write \`deadtime ${least}ms\` or more, or \`addresses: { lease: off }\` in systole.yaml if that is meant`;
  problems.warning(times.deadtime?.at ?? WHOLE_FILE, "deadtime.no-lease", message);
}

function checkWritten(leaseMs: number, timings: MembershipTimings, at: Position, problems: Problems): void {
  const shortest = shortestMs(timings);
  const longest = longestMs(timings);
  const instead =
    longest >= shortest
      ? `write \`${longest / SECOND_MS}s\`, or \`auto\``
      : `write \`off\`, or in ha.cf \`deadtime ${shortest + overheadMs(timings)}ms\` or more`;
  const lease = formatMs(leaseMs);
  const problem = (reason: string): void =>
    problems.error(at, "lease.does-not-fit", `a lease of ${lease} ${reason}; ${instead}`);
  if (leaseMs % SECOND_MS !== 0) problem("is not a number of whole seconds, in which the kernel counts");
  else if (leaseMs < shortest)
    problem(
      `is shorter than twice keepalive (${formatMs(timings.keepaliveMs)}), so that one late sign of life would cost the address`,
    );
  else if (leaseMs > longest)
    problem(
      `is too long for deadtime (${formatMs(timings.deadMs)}): the kernel may need ${formatMs(KERNEL_LATE_MS + MARGIN_MS)} more, and the other node would have the address before`,
    );
}
