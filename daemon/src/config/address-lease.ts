// Who takes addresses away when this daemon cannot. The kernel holds one only for a time without a renewal: so short that it is gone before another node takes over, and
// so long that a daemon which is a little late does not lose it. Pure; docs/addresses.md has the measurements.
import type { MembershipTimings } from "@systole/core/ports";
import { guardTime, leastDeadtimeMs } from "./address-guard.js";
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
  /** What the resources of haresources are, by their text. */
  readonly resolutions: ReadonlyMap<string, { readonly agent: string }>;
}

/** Who takes an address away when this daemon cannot, and after how long a silence; undefined: not this one. */
export interface AddressSafety {
  /** The kernel. */
  readonly leaseMs: number | undefined;
  /** A process beside the daemon. */
  readonly guardMs: number | undefined;
  /** Whether the segment is asked who has an address before a node that is alone takes it. */
  readonly probe: boolean;
}

/** Reports into the file that is wrong. */
export function addressSafety(
  { haCf, systoleYaml, resolutions }: LeaseFiles,
  timings: MembershipTimings,
  inHaCf: Problems,
  inSystoleYaml: Problems,
): AddressSafety {
  const { lease = "auto", guard = "auto", probe = "on" } = systoleYaml.settings.addresses ?? {};
  const guardMs = guard === "off" ? undefined : guardTime(timings);
  if (lease !== "auto" && lease !== "off")
    checkWritten(lease, timings, systoleYaml.place("addresses", "lease"), inSystoleYaml);
  const leaseMs = lease === "auto" ? automatic(timings) : lease === "off" ? undefined : lease;
  // A deadtime that cannot work at all is an error already.
  const works = timings.deadMs > 2 * timings.keepaliveMs;
  const hasAddresses = [...resolutions.values()].some(({ agent }) => agent === "ipaddr");
  const isMeant = lease === "off" && guard === "off";
  if (leaseMs === undefined && guardMs === undefined && hasAddresses && works && !isMeant)
    warnOfNone(haCf, timings, guard, inHaCf);
  return { leaseMs, guardMs, probe: probe === "on" };
}

function automatic(timings: MembershipTimings): number | undefined {
  const longest = longestMs(timings);
  return longest >= shortestMs(timings) ? longest : undefined;
}

function warnOfNone(
  { times, writtenIn }: HaCf,
  timings: MembershipTimings,
  guard: "auto" | "off",
  problems: Problems,
): void {
  const least = guard === "off" ? shortestMs(timings) + overheadMs(timings) : leastDeadtimeMs(timings);
  const remedy = guard === "off" ? "`guard: auto` below `addresses` in systole.yaml, or " : "";
  const meant = "`addresses: { lease: off, guard: off }` in systole.yaml if that is meant";
  const longer = writtenIn === "ha.cf" ? `deadtime ${least}ms` : `deadtime: ${least}ms`;
  const message = `deadtime (${formatMs(timings.deadMs)}) is too short for an address to be taken away in time when this daemon is killed or stands still: it then stays here while the other node has it too; write ${remedy}\`${longer}\` or more, or ${meant}`;
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
