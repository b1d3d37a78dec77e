// What `systole monitor` shows: a status document as lines that fit, in a narrow window as well, with colours or without.
import type { StatusDocument } from "../../control/status-document.js";
import { harmless, paint, type Output, type Style } from "../terminal.js";
import { wrapped } from "../wrapped.js";

export interface MonitorView {
  readonly output: Output;
  /** Columns. */
  readonly width: number;
  /** Leaves out what is another in every moment: for readers that want a table for each change only. */
  readonly isStill?: boolean;
}

type Node = StatusDocument["nodes"][number];
type Group = StatusDocument["groups"][number];
type UnderWay = NonNullable<StatusDocument["operations"]>[number];

const STYLES: Readonly<Record<string, Style>> = {
  active: "green",
  ping: "green",
  started: "green",
  dead: "red",
  failed: "red",
};
const STATE_COLUMNS = 9;
const BAR_COLUMNS = 10;

export function monitorLines(status: StatusDocument, view: MonitorView): readonly string[] {
  const { output, width } = view;
  const heading = (text: string) => paint(output, "bold", cell(text, width).trimEnd());
  const { operations = [], fencing = [], problems = [] } = status;
  const condition = status.stable
    ? paint(output, "green", "stable")
    : paint(output, "yellow", "in transition");
  const troubles = [...fencing.map(({ node, why }) => `${node} must be fenced: ${why}`), ...problems];
  return [
    `${paint(output, "bold", cell(status.node, Math.max(8, width - 17)).trimEnd())} is ${condition}`,
    ...wrapped(harmless(status.why), "  ", "  ", width),
    "",
    heading(row(["  NODE", "STATE", "LINKS"], width)),
    ...status.nodes.flatMap((node) => nodeLines(node, status.node, view)),
    "",
    heading(row(["  GROUP", "STATE", "WHERE"], width)),
    ...status.groups.flatMap((group) => groupLines(group, view)),
    ...(status.groups.length === 0 ? ["  none"] : []),
    ...(operations.length === 0 ? [] : ["", heading("  UNDER WAY HERE")]),
    ...operations.map((operation) => operationLine(operation, view)),
    ...(troubles.length === 0 ? [] : [""]),
    ...troubles.flatMap((text) =>
      wrapped(harmless(text), "! ", "  ", width).map((line) => paint(output, "red", line)),
    ),
  ];
}

/** Exactly so many columns. */
function cell(text: string, columns: number): string {
  const safe = harmless(text);
  return safe.length > columns ? `${safe.slice(0, columns - 1)}…` : safe.padEnd(columns);
}

function nameColumns(width: number): number {
  return Math.min(34, Math.max(12, Math.floor(width * 0.4)));
}

function row([name = "", state = "", rest = ""]: readonly string[], width: number, output?: Output): string {
  const names = nameColumns(width);
  const style = STYLES[state] ?? "yellow";
  const shown = cell(state, STATE_COLUMNS);
  const painted = output === undefined || state === "" ? shown : paint(output, style, shown);
  const left = Math.max(1, width - names - STATE_COLUMNS - 2);
  return `${cell(name, names)} ${painted} ${cell(rest, left).trimEnd()}`.trimEnd();
}

function nodeLines({ name, state, links, late }: Node, self: string, view: MonitorView): readonly string[] {
  const { width, output } = view;
  const told = links.map((link) => `${link.name} ${link.state}`).join(", ");
  const line = row([`${name === self ? "*" : " "} ${name}`, state, told || "-"], width, output);
  if (late === undefined) return [line];
  const times = late.times === 1 ? "once" : `${late.times} times`;
  const text = `heard late ${times}, by up to ${seconds(late.longestMs)}`;
  return [line, paint(output, "yellow", cell(`    ${text}`, width).trimEnd())];
}

function groupLines(group: Group, view: MonitorView): readonly string[] {
  const { width, output } = view;
  const owner = group.owner ?? "nobody";
  const place = group.owner === group.home ? owner : `${owner} (home ${group.home})`;
  const isQuiet = group.state === "started";
  return [
    row([`  ${group.key}`, group.state, place], width, output),
    ...group.resources
      .filter(({ state, failures = 0 }) => !isQuiet || state !== "started" || failures > 0)
      .map(({ name, state, failures = 0, agent }) =>
        row([`    ${name}`, state, failures === 0 ? agent : `${agent}, failed ${failures}x`], width, output),
      ),
    ...(isQuiet ? [] : wrapped(harmless(group.why), "    ", "    ", width)),
  ];
}

function operationLine(
  { resource, action, forMs, timeoutMs }: UnderWay,
  { width, isStill }: MonitorView,
): string {
  const name = cell(`  ${action} ${resource}`, nameColumns(width));
  if (isStill === true) return name.trimEnd();
  const done = Math.min(BAR_COLUMNS, Math.floor((forMs / Math.max(1, timeoutMs)) * BAR_COLUMNS));
  const bar = `[${"#".repeat(done)}${".".repeat(BAR_COLUMNS - done)}]`;
  const told = `${seconds(forMs)} of ${seconds(timeoutMs)}`;
  return cell(`${name} ${bar} ${told}`, width).trimEnd();
}

function seconds(ms: number): string {
  return ms >= 10_000 ? `${Math.round(ms / 1000)}s` : `${(ms / 1000).toFixed(1)}s`;
}
