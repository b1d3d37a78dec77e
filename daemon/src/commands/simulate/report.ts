// What a simulation has found, for people.
import { harmless, paint, type Output } from "../terminal.js";
import type { Happening } from "@systole/sim";
import type { Findings, WorstSpan } from "./random-lives.js";
import type { Setting } from "./stage.js";
import type { Act, GroupEnd, WhatIf } from "./what-if.js";

/** `80 ms`, `12.3 s`, `4 min 05 s`, `2 h 03 min`. */
export function spanText(ms: number): string {
  const seconds = ms / 1000;
  if (ms > 0 && ms < 100) return `${Math.max(1, Math.round(ms))} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

const TIME_WIDTH = 9;

export function formatLine({ atMs, who, what }: Happening, width: number, output: Output): string {
  const time = `${(atMs / 1000).toFixed(1)} s`.padStart(TIME_WIDTH);
  const said = who === "" ? paint(output, "bold", harmless(what)) : harmless(what);
  return `${time}  ${harmless(who).padEnd(width)}  ${said}\n`;
}

/** Of names of nodes and groups. */
export function widthOf({ scene: { nodes, groups } }: Setting): number {
  return Math.max(...[...nodes, ...groups.map(({ key }) => key)].map((name) => name.length));
}

export function formatSetting({ scene, assumptions }: Setting, output: Output): string {
  const { nodes, groups, keepaliveMs, deadMs } = scene;
  const held = groups.map(({ key, home }) => `${key} (${home})`).join(", ");
  const lines = assumptions.map((one) => `  ${paint(output, "dim", `assumed: ${one}`)}\n`);
  return `${nodes.join(", ")} with ${harmless(held)}; keepalive ${keepaliveMs / 1000} s, deadtime ${deadMs / 1000} s\n${lines.join("")}\n`;
}

function groupLine({ group, servedBy, why, unservedMs, twiceMs }: GroupEnd, output: Output): string {
  const where =
    servedBy.length === 0
      ? paint(output, "red", "nobody")
      : servedBy.map((name) => harmless(name)).join(" and ");
  const unserved = unservedMs === 0 ? "never unserved" : `not served for ${spanText(unservedMs)}`;
  const twice = twiceMs === 0 ? "" : `, ${paint(output, "red", `served by two for ${spanText(twiceMs)}`)}`;
  const reason = why === undefined || servedBy.length === 0 ? "" : ` (${harmless(why)})`;
  return `  ${harmless(group)}  ${where}${reason}; ${unserved}${twice}\n`;
}

function formatAct({ title, lines, groups, settled, tookMs }: Act, width: number, output: Output): string {
  const told = lines.map((line) => formatLine(line, width, output)).join("");
  const end = settled
    ? `Quiet after ${spanText(tookMs)}. Who serves, and what users missed:`
    : `Still not quiet after ${spanText(tookMs)}. Who serves now, and what users missed:`;
  return `${paint(output, "bold", title)}\n${told}${end}\n${groups.map((group) => groupLine(group, output)).join("")}`;
}

export function formatWhatIf(
  { bootMs, atFirst, acts, complaint }: WhatIf,
  setting: Setting,
  output: Output,
): string {
  if (complaint !== undefined) return `${paint(output, "red", complaint)}, not within ${spanText(bootMs)}\n`;
  const width = widthOf(setting);
  const first = atFirst.map(
    ({ group, servedBy }) => `${harmless(group)} on ${servedBy.join(" and ") || "nobody"}`,
  );
  const boot = `All nodes start together, and are stable after ${spanText(bootMs)}: ${first.join(", ")}.
Times count from there.

`;
  return `${boot}${acts.map((act) => formatAct(act, width, output)).join("\n")}`;
}

export interface SeedAdvice {
  /** What to type behind `systole simulate --seed N --lives 1 --verbose` to read the same configuration. */
  readonly options: string;
}

function spanWords({ group, lastsMs, fromMs, toMs, seed }: WorstSpan, advice: SeedAdvice): string {
  const when = `from ${spanText(fromMs)} to ${spanText(toMs)} of life ${seed}`;
  return `${harmless(group)} for ${spanText(lastsMs)}, ${when}\n    again: systole simulate --seed ${seed} --lives 1 --verbose${advice.options}\n`;
}

export function formatFindings(
  findings: Findings,
  { scene }: Setting,
  advice: SeedAdvice,
  output: Output,
): string {
  const { lives, simulatedMs, misfortunes, worstOutage, complaints } = findings;
  if (lives === 0) return "Nothing was simulated.\n";
  const count = Object.values(misfortunes).reduce((sum, one) => sum + one, 0);
  const head = `${lives} ${lives === 1 ? "life" : "lives"}, ${spanText(simulatedMs)} of cluster time, ${count} misfortunes\n`;
  const outage =
    worstOutage === undefined
      ? "Worst outage while a node was well: none\n"
      : `Worst outage while a node was well: ${spanWords(worstOutage, advice)}`;
  const broken = complaints.map(({ seed, atMs, check, what }) => {
    return `  life ${seed}, ${spanText(atMs)}: ${harmless(what)} [${check}]\n`;
  });
  const promise =
    complaints.length === 0
      ? ""
      : `${paint(output, "red", "What this configuration promises did not hold:")}\n${broken.join("")}`;
  return `${head}${verdictOfTwo(findings, scene.around, advice, output)}${outage}${promise}`;
}

const REMEDY = "a fence device or a witness would prevent that: docs/fencing.md, docs/witness.md";

function verdictOfTwo(
  { lives, livesWithTwo, worstTwice }: Findings,
  around: Setting["scene"]["around"],
  advice: SeedAdvice,
  output: Output,
): string {
  if (worstTwice === undefined) return `${paint(output, "green", "Never two owners")}\n`;
  const remedy = around === "fencing" || around === "witness" ? "" : `    ${REMEDY}\n`;
  const verdict = paint(output, "red", `Two owners in ${livesWithTwo} of ${lives} lives`);
  return `${verdict}; the longest: ${spanWords(worstTwice, advice)}${remedy}`;
}
