// Which failures still count, and what they say about a resource on a node.
import type { PlacementGroup, PlacementResource, PlacementRules } from "../../../ports/index.js";
import { RECOVERY_DEFAULTS } from "../recovery-defaults.js";
import type { FailureRecord, PlacementState } from "./state.js";

export interface FreshFailures {
  /** By node and resource. */
  readonly failures: readonly FailureRecord[];
  /** When the next of them is forgotten. */
  readonly againAtMs: number;
}

/** Those that are not forgotten, and whose resource does not ignore them. */
export function freshFailures(rules: PlacementRules, state: PlacementState): FreshFailures {
  const resources = new Map(
    rules.groups.flatMap(({ resources }) => resources.map((one) => [one.name, one] as const)),
  );
  let againAtMs = Number.POSITIVE_INFINITY;
  const failures = state.failures.filter((failure) => {
    const resource = resources.get(failure.resource);
    if (resource === undefined || failure.count <= 0) return false;
    const { onFail, failureTimeoutMs } = recoveryOf(resource);
    if (onFail === "ignore") return false;
    if (failureTimeoutMs === 0) return true;
    const endsAtMs = failure.lastAtMs + failureTimeoutMs;
    if (endsAtMs <= state.nowMs) return false;
    againAtMs = Math.min(againAtMs, endsAtMs);
    return true;
  });
  const sorted = failures.toSorted((a, b) =>
    a.node === b.node ? (a.resource < b.resource ? -1 : 1) : a.node < b.node ? -1 : 1,
  );
  return { failures: sorted, againAtMs };
}

function recoveryOf({ rules }: PlacementResource) {
  return { ...RECOVERY_DEFAULTS, ...rules };
}

/** Why the group had better not run on a node, as a sentence; undefined when it may. */
export function exhaustedOn(
  group: PlacementGroup,
  node: string,
  failures: readonly FailureRecord[],
): string | undefined {
  for (const resource of group.resources) {
    const { onFail, migrationThreshold } = recoveryOf(resource);
    const failure = failures.find((one) => one.node === node && one.resource === resource.name);
    if (failure === undefined) continue;
    if (failure.start === true) return `${resource.name} could not be started on ${node}`;
    const threshold = onFail === "restart" ? migrationThreshold : 1;
    if (threshold > 0 && failure.count >= threshold)
      return `${resource.name} failed ${times(failure.count)} on ${node}`;
  }
  return undefined;
}

/** Why the group stays down until an operator says otherwise; undefined when it does not. */
export function keptDown(group: PlacementGroup, failures: readonly FailureRecord[]): string | undefined {
  for (const resource of group.resources) {
    if (recoveryOf(resource).onFail !== "stop") continue;
    const failure = failures.find((one) => one.resource === resource.name);
    if (failure !== undefined)
      return `${resource.name} failed on ${failure.node} and its on-fail is stop: it stays down until \`systole cleanup\``;
  }
  return undefined;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
