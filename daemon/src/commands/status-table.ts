// The status document for people: a few lines that fit into 80 columns.
import type { StatusDocument } from "../control/status-document.js";
import { harmless, paint, type Output, type Style } from "./terminal.js";
import { WIDTH, wrapped } from "./wrapped.js";

/** Of CPU time: less is everyday life. */
const NOTABLE_SHARE = 0.1;

type Node = StatusDocument["nodes"][number];
type Group = StatusDocument["groups"][number];

const STATE_STYLES: Readonly<Record<string, Style>> = {
  active: "green",
  dead: "red",
  failed: "red",
  init: "yellow",
  ping: "green",
  started: "green",
  starting: "yellow",
  stopping: "yellow",
  unknown: "yellow",
  up: "yellow",
};

/** Exactly `width` columns, shortened with an ellipsis where needed. */
function cell(text: string, width: number): string {
  const safe = harmless(text);
  return safe.length > width ? `${safe.slice(0, width - 1)}…` : safe.padEnd(width);
}

function state(text: string, width: number, output: Output): string {
  const style = STATE_STYLES[text];
  return style === undefined ? cell(text, width) : paint(output, style, cell(text, width));
}

/** A sentence on lines that begin with `indent`, and fit. */
function wrap(text: string, indent: string): string {
  return `${wrapped(harmless(text), indent, indent, WIDTH).join("\n")}\n`;
}

function nodeRow(node: Node, self: string, output: Output): string {
  const mark = node.name === self ? "*" : " ";
  const links = node.links.map((link) => `${link.name} ${link.state}`).join(", ");
  const speaks = node.kind === "ping" || node.dialect === "unknown" ? "-" : node.dialect;
  const row = `${mark} ${cell(node.name, 22)} ${state(node.state, 6, output)} ${cell(node.reason, 13)} ${cell(speaks, 9)}`;
  return `${row} ${cell(links || "-", 23).trimEnd()}\n${nodeRemark(node)}`;
}

/** How the node speaks, and what an operator has said of it. */
function nodeRemark({ weight, site, frames }: Node): string {
  const said = [
    ...(frames === undefined || frames === "nothing" ? [] : [`sends ${frames} frames`]),
    ...(weight === undefined ? [] : [`weight ${weight}`]),
    ...(site === undefined ? [] : [`site ${site}`]),
  ];
  return said.length === 0 ? "" : wrap(said.join(", "), "    ");
}

function groupRows(group: Group, output: Output): string {
  const owner = group.owner ?? "nobody";
  const place = group.owner === group.home ? `on ${owner}` : `on ${owner} (home ${group.home})`;
  const head = `  ${cell(group.key, 34)} ${state(group.state, 8, output)} ${cell(place, 34).trimEnd()}\n`;
  const resources = group.resources.map((resource) => {
    const count = resource.failures ?? 0;
    const told = count === 0 ? resource.agent : `${resource.agent}, failed ${times(count)}`;
    const row = `    ${cell(resource.name, 32)} ${state(resource.state, 8, output)} ${cell(told, 34).trimEnd()}\n`;
    return resource.reason === undefined ? row : row + wrap(resource.reason, "      ");
  });
  const elsewhere = (group.failures ?? []).filter(({ node }) => node !== group.owner);
  const remembered = elsewhere.map((one) => paint(output, "yellow", wrap(`! ${rememberedOn(one)}`, "    ")));
  return [head, ...resources, wrap(group.why, "    "), ...remembered].join("");
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function rememberedOn({ node, count, exhausted }: NonNullable<Group["failures"]>[number]): string {
  const last = exhausted ? "; it runs there only if no other node can run it" : "";
  return `failed ${times(count)} on ${node}${last} (\`systole cleanup\` forgets that)`;
}

/** Why a takeover waits. */
function fenceRow({ node, why, waitsFor }: NonNullable<StatusDocument["fencing"]>[number]): string {
  return wrap(`! ${node} must be fenced: ${why}; ${waitsFor}`, "  ");
}

/** Whether this node may serve alone, and its health where it is not well. */
function ownCondition({ isolation, health, addressGuard }: StatusDocument, output: Output): string {
  const lines: string[] = [];
  if (isolation !== undefined) {
    const { policy, serves, why, quorum, rule } = isolation;
    const said = quorum.map(
      ({ name, answer, reason }) => `${name} ${answer}${reason === undefined ? "" : ` (${reason})`}`,
    );
    const asked = said.length === 0 ? "" : ` Quorum: ${said.join(", ")}.`;
    const text = wrap(`isolation ${policy}, rule ${rule}: ${why}.${asked}`, "  ");
    lines.push(serves ? text : paint(output, "red", text));
  }
  const ails = health === undefined ? [] : ailments(health);
  if (ails.length > 0) lines.push(paint(output, "yellow", wrap(`! this node ${ails.join(", ")}`, "  ")));
  if (addressGuard?.state === "down") lines.push(paint(output, "red", wrap(`! ${UNGUARDED}`, "  ")));
  return lines.join("");
}

const UNGUARDED =
  "the guard of the addresses does not run: should this daemon die now, they may stay here; the log says why";

function ailments(health: NonNullable<StatusDocument["health"]>): readonly string[] {
  const { lateMs, suspendedMs = 0, stealShare = 0, cpuPressure = 0, cutOff, carriers } = health;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const lost = carriers.filter(({ state: carrier }) => carrier === "lost");
  const names = lost.map((carrier) => carrier.interface).join(", ");
  return [
    ...(cutOff
      ? [`is cut off (no carrier on ${names})`]
      : lost.length > 0
        ? [`has no carrier on ${names}`]
        : []),
    ...(lateMs > 0 ? [`was late by up to ${lateMs} ms in the last five minutes`] : []),
    ...(suspendedMs > 0 ? [`was suspended for ${suspendedMs} ms since it started`] : []),
    ...(stealShare >= NOTABLE_SHARE ? [`loses ${percent(stealShare)} of its CPU time to others`] : []),
    ...(cpuPressure >= NOTABLE_SHARE ? [`waits for a CPU ${percent(cpuPressure)} of the time`] : []),
  ];
}

/** The whole table, with the end of its last line. */
export function formatStatus(status: StatusDocument, output: Output): string {
  const condition = status.stable
    ? paint(output, "green", "stable")
    : paint(output, "yellow", "in transition");
  const heading = (text: string) => `${paint(output, "bold", text)}\n`;
  const refused = Object.values(status.counters.framesRefused).reduce((sum, count) => sum + count, 0);
  return [
    `${paint(output, "bold", cell(status.node, 60).trimEnd())} is ${condition}\n`,
    wrap(status.why, "  "),
    "\n",
    heading(`  ${cell("NODE", 22)} ${cell("STATE", 6)} ${cell("WHY", 13)} ${cell("SPEAKS", 9)} LINKS`),
    ...status.nodes.map((node) => nodeRow(node, status.node, output)),
    ...(status.fencing ?? []).map((one) => paint(output, "red", fenceRow(one))),
    ownCondition(status, output),
    ...(status.problems ?? []).map((problem) => paint(output, "red", wrap(`! ${problem}`, "  "))),
    "\n",
    heading(`  ${cell("GROUP", 34)} ${cell("STATE", 8)} WHERE`),
    ...status.groups.map((group) => groupRows(group, output)),
    status.groups.length === 0 ? "  none: haresources names no resource\n" : "",
    refused > 0
      ? `\n  ${paint(output, "yellow", `${refused} frames were refused`)}; see --json for the reasons\n`
      : "",
  ].join("");
}
