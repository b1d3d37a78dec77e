// From what systole.yaml and ha.cf say of fencing to what a node does with it. Pure.
import {
  DEFAULT_FENCING_RULES,
  FENCING_LIMITS,
  type FenceHook,
  type FenceLevel,
  type FencingConfig,
} from "@systole/core";
import type { FencingYaml } from "./fencing-schema.js";
import type { SystoleYaml } from "./schema.js";

/** Of two sides that see each other dead, the one that runs less waits so long, unless the configuration says otherwise. */
export const PRIORITY_DELAY_MS = 5000;

/** Devices that are tried for every node that has no levels of its own: those under `fence`, else those of ha.cf. */
export function commonDevices({ fence }: SystoleYaml, ofHaCf: readonly string[]): readonly string[] {
  return fence ?? ofHaCf;
}

/** Every device that is needed, each once. */
export function fenceDevices(settings: SystoleYaml, ofHaCf: readonly string[]): readonly string[] {
  const ofLevels = Object.values(settings.fencing?.nodes ?? {}).flatMap(({ levels = [] }) => levels.flat());
  return [...new Set([...commonDevices(settings, ofHaCf), ...ofLevels])];
}

export function fencingConfig(settings: SystoleYaml, ofHaCf: readonly string[]): FencingConfig {
  const fencing: FencingYaml = settings.fencing ?? {};
  const nodes = Object.entries(fencing.nodes ?? {}).map(([name, node]) => ({
    name: name.toLowerCase(),
    ...node,
  }));
  return {
    action: fencing.action ?? "reset",
    timeoutMs: fencing.timeout ?? FENCING_LIMITS.executeMs,
    levels: commonDevices(settings, ofHaCf).map((device) => [device]),
    nodes: Object.fromEntries(
      nodes.flatMap(({ name, levels }) => (levels === undefined ? [] : [[name, levels.map(levelOf)]])),
    ),
    rules: {
      delayMs: Object.fromEntries(
        nodes.flatMap(({ name, delay }) => (delay === undefined ? [] : [[name, delay]])),
      ),
      priorityDelayMs: fencing["priority-delay"] ?? PRIORITY_DELAY_MS,
      retryMs: fencing.retry?.first ?? DEFAULT_FENCING_RULES.retryMs,
      longestRetryMs: fencing.retry?.longest ?? DEFAULT_FENCING_RULES.longestRetryMs,
      attempts: fencing.retry?.attempts ?? DEFAULT_FENCING_RULES.attempts,
    },
    before: (fencing.before ?? []).map(({ required = false, ...hook }) => hookOf(hook, required)),
    after: (fencing.after ?? []).map((hook) => hookOf(hook, false)),
  };
}

/** Path of the place in systole.yaml that names the device first. */
export function pathOfDevice(
  name: string,
  { fence = [], fencing }: SystoleYaml,
): readonly PropertyKey[] | undefined {
  const place = fence.indexOf(name);
  if (place !== -1) return ["fence", place];
  for (const [node, { levels = [] }] of Object.entries(fencing?.nodes ?? {})) {
    const level = levels.findIndex((one) => levelOf(one).includes(name));
    if (level !== -1) return ["fencing", "nodes", node, "levels", level];
  }
  return undefined;
}

function levelOf(level: string | readonly string[]): FenceLevel {
  return typeof level === "string" ? [level] : level;
}

interface WrittenHook {
  readonly program: string;
  readonly args?: readonly string[] | undefined;
  readonly timeout?: number | undefined;
}

function hookOf({ program, args = [], timeout }: WrittenHook, required: boolean): FenceHook {
  return { program, args, timeoutMs: timeout ?? FENCING_LIMITS.hookMs, required };
}
