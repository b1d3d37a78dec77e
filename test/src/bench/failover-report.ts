// What the failover benchmark found, for programs and for people.
import { cpus, release } from "node:os";
import { ACTS, type ActResult, type Implementation } from "../lab/index.js";
import { figuresOf, ratioOf, type Figures } from "./figures.js";

/** One act of one run. */
export interface Measurement {
  readonly implementation: Implementation;
  readonly run: number;
  readonly result: ActResult;
}

interface ActFigures {
  /** See `longestGapMs` of the lab; only acts that ended as they should. */
  readonly gapMs?: Figures;
  /** How long both nodes had the address. */
  readonly twoHoldersMs?: Figures;
  /** Acts that did not end as they should, with the reason of the last. */
  readonly failures: number;
  readonly reason?: string;
  /** Median gap divided by Systole's. */
  readonly ratio?: number;
}

export interface FailoverReport {
  readonly schemaVersion: 1;
  readonly machine: { readonly cpus: number; readonly kernel: string; readonly node: string };
  readonly settings: { readonly keepaliveMs: 100; readonly deadAfterMs: 1000; readonly clientIntervalMs: 5 };
  readonly runs: number;
  readonly acts: readonly {
    readonly id: string;
    readonly title: string;
    readonly by: Readonly<Partial<Record<Implementation, ActFigures>>>;
  }[];
}

export function reportOf(
  measurements: readonly Measurement[],
  implementations: readonly Implementation[],
  runs: number,
): FailoverReport {
  const acts = ACTS.map(({ id, title }) => {
    const ofAct = measurements.filter(({ result }) => result.id === id);
    const own = figuresOf(gapsOf(ofAct, "systole"));
    const by = Object.fromEntries(implementations.map((name) => [name, actFigures(ofAct, name, own)]));
    return { id, title, by };
  });
  const machine = { cpus: cpus().length, kernel: release(), node: process.version };
  const settings = { keepaliveMs: 100, deadAfterMs: 1000, clientIntervalMs: 5 } as const;
  return { schemaVersion: 1, machine, settings, runs, acts };
}

/** A table of 80 columns or a little more. */
export function tableOf(report: FailoverReport, implementations: readonly Implementation[]): string {
  const cell = (figures: ActFigures | undefined): string => {
    const gap = figures?.gapMs;
    if (gap === undefined) return figures === undefined || figures.failures === 0 ? "-" : "does not react";
    const ratio = figures?.ratio === undefined ? "" : `  x${String(figures.ratio)}`;
    return `${String(Math.round(gap.median))} (${String(gap.min)}-${String(gap.max)})${ratio}`;
  };
  const rows = [
    ["longest gap in ms", ...implementations],
    ...report.acts.map((act) => [act.title, ...implementations.map((name) => cell(act.by[name]))]),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const lines = rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\nmedian (min-max) of ${String(report.runs)}; x: how many times Systole's\n`;
}

function actFigures(
  ofAct: readonly Measurement[],
  name: Implementation,
  own: Figures | undefined,
): ActFigures {
  const mine = ofAct.filter(({ implementation }) => implementation === name);
  const gapMs = figuresOf(gapsOf(ofAct, name));
  const twoHoldersMs = figuresOf(mine.map(({ result }) => result.twoHoldersMs));
  const failed = mine.filter(({ result }) => !result.ok);
  const reason = failed.at(-1)?.result.reason;
  const ratio = name === "systole" ? undefined : ratioOf(own, gapMs);
  return {
    ...(gapMs === undefined ? {} : { gapMs }),
    ...(twoHoldersMs === undefined ? {} : { twoHoldersMs }),
    failures: failed.length,
    ...(reason === undefined ? {} : { reason }),
    ...(ratio === undefined ? {} : { ratio }),
  };
}

function gapsOf(ofAct: readonly Measurement[], name: Implementation): number[] {
  return ofAct
    .filter(({ implementation, result }) => implementation === name && result.ok)
    .map(({ result }) => result.longestGapMs);
}
