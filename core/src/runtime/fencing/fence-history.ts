// What was fenced, when, by whom, how and why: kept over restarts, because it is asked for after the night in which it
// happened.
import type { EngineEvent, FenceAction } from "../../ports/index.js";
import type { FenceStep } from "./fence-level.js";
import { FENCING_LIMITS } from "./fencing-config.js";

export interface FenceRecord {
  /** Milliseconds since 1970 UTC, at the beginning. */
  readonly atWallMs: number;
  readonly node: string;
  /** Who did it: a node of the cluster, or `operator`. */
  readonly by: string;
  readonly ok: boolean;
  /** What was done, or why it failed, as a sentence. */
  readonly how: string;
  /** Why it was done, as a sentence. */
  readonly why: string;
  readonly tookMs: number;
  /** What each device was asked, of this node's own attempts. */
  readonly steps: readonly FenceStep[];
}

export class FenceHistory {
  private records: readonly FenceRecord[];

  constructor(
    /** What an earlier life saved; anything that is not understood is left out. */
    restored: unknown,
    private readonly self: string,
    private readonly save: (state: unknown) => void,
  ) {
    this.records = readRecords(restored).slice(-FENCING_LIMITS.history);
  }

  /** The latest last. */
  all(): readonly FenceRecord[] {
    return this.records;
  }

  add(record: FenceRecord): void {
    const { how, why, steps } = record;
    const kept = {
      ...record,
      how: cut(how),
      why: cut(why),
      steps: steps.slice(0, FENCING_LIMITS.steps).map(cutStep),
    };
    this.records = [...this.records, kept].slice(-FENCING_LIMITS.history);
    this.save({ version: 1, records: this.records });
  }

  /** What the engine tells of fences that are not this node's own attempts: those are recorded with their steps. */
  hear({ name, fields }: EngineEvent, atWallMs: number): void {
    const { node, by, how, why, tookMs } = fields;
    if (typeof node !== "string") return;
    const record = { atWallMs, node, why: sentence(why), tookMs: 0, steps: [] };
    if (name === "fence.done" && typeof by === "string" && by !== this.self)
      this.add({
        ...record,
        by,
        ok: true,
        how: sentence(how),
        tookMs: typeof tookMs === "number" ? tookMs : 0,
      });
    if (name === "fence.lied")
      this.add({ ...record, by: this.self, ok: false, how: `${node} goes on in the same life` });
  }
}

function sentence(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function cut(text: string): string {
  const most = FENCING_LIMITS.sentence;
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function cutStep(step: FenceStep): FenceStep {
  return step.reason === undefined ? step : { ...step, reason: cut(step.reason) };
}

function readRecords(restored: unknown): readonly FenceRecord[] {
  if (!isRecord(restored) || restored["version"] !== 1 || !Array.isArray(restored["records"])) return [];
  return restored["records"].flatMap((value: unknown) => readRecord(value) ?? []);
}

function readRecord(value: unknown): FenceRecord | undefined {
  if (!isRecord(value) || !Array.isArray(value["steps"])) return undefined;
  const { atWallMs, node, by, ok, how, why, tookMs } = value;
  const isWhole =
    isTime(atWallMs) && isTime(tookMs) && typeof ok === "boolean" && [node, by, how, why].every(isText);
  if (!isWhole) return undefined;
  const steps = value["steps"].flatMap((step: unknown) => readStep(step) ?? []);
  return {
    atWallMs,
    node: String(node),
    by: String(by),
    ok,
    how: String(how),
    why: String(why),
    tookMs,
    steps,
  };
}

const ACTIONS: readonly FenceAction[] = ["off", "on", "reset"];

function readStep(value: unknown): FenceStep | undefined {
  if (!isRecord(value)) return undefined;
  const { device, ok, verified, reason, tookMs } = value;
  const action = ACTIONS.find((candidate) => candidate === value["action"]);
  if (!isText(device) || action === undefined || typeof ok !== "boolean" || !isTime(tookMs)) return undefined;
  return { device, action, ok, verified: verified === true, ...(isText(reason) && { reason }), tookMs };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
