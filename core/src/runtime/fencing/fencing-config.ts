// How nodes are fenced, as a configuration says it.
import type { FencingRules } from "../../ports/index.js";

/** A program that is run before or after a fencing. */
export interface FenceHook {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  /** Without its success nothing is fenced. Of a hook that runs before; one that runs after has nothing to stop. */
  readonly required: boolean;
}

/** Devices that must all succeed together, by their names. */
export type FenceLevel = readonly string[];

export interface FencingConfig {
  /** What is done to a node: switched off, or switched off and on again. */
  readonly action: "off" | "reset";
  /** How long one device may take for one action. */
  readonly timeoutMs: number;
  /** For nodes that `nodes` does not name: the first level that succeeds counts. Levels without the node are skipped. */
  readonly levels: readonly FenceLevel[];
  readonly nodes: Readonly<Record<string, readonly FenceLevel[]>>;
  readonly rules: FencingRules;
  readonly before: readonly FenceHook[];
  readonly after: readonly FenceHook[];
}

export const FENCING_LIMITS = {
  /** How long a device may take for one action, unless the configuration says otherwise. */
  executeMs: 60_000,
  /** How long it may take to say which nodes it can fence, and in which state one is. */
  listMs: 10_000,
  statusMs: 10_000,
  /** Whoever wants to see its list within this time sees the last one. */
  listSharedMs: 5000,
  /** How long after a device's yes its own status may go on saying that the node is on, and how often it is asked. */
  verifyMs: 20_000,
  verifyEveryMs: 500,
  /** How long an aborted call may take to give up. */
  releaseMs: 1000,
  /** How long a program before or after may take, unless the configuration says otherwise. */
  hookMs: 10_000,
  /** Fencings that are remembered, steps of each, and characters of each sentence in them. */
  history: 200,
  steps: 32,
  sentence: 500,
} as const;

/** What is done when nothing but the devices is known: each is tried by itself, in their order. */
export function fencingBy(devices: readonly string[], rules: FencingRules): FencingConfig {
  const levels = devices.map((device) => [device]);
  const { executeMs: timeoutMs } = FENCING_LIMITS;
  return { action: "reset", timeoutMs, levels, nodes: {}, rules, before: [], after: [] };
}

export function levelsOf(node: string, { levels, nodes }: FencingConfig): readonly FenceLevel[] {
  return (Object.hasOwn(nodes, node) ? nodes[node] : undefined) ?? levels;
}
