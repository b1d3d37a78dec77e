// What the daemon says about fencing, for people: lines that fit into 80 columns.
import type { FenceDocument, FenceDocumentOf } from "../../control/fence-documents.js";
import { wrappedText } from "../wrapped.js";
import { harmless, paint, type Output } from "../terminal.js";

export function fenceTable(document: FenceDocument, output: Output): string {
  switch (document.kind) {
    case "list":
      return listTable(document, output);
    case "status":
      return statusTable(document, output);
    case "test":
      return testTable(document, output);
    case "history":
      return historyTable(document, output);
  }
}

function listTable({ devices, nodes, action }: FenceDocumentOf<"list">, output: Output): string {
  if (devices.length === 0) return "There is no fence device: a silent node is taken over unfenced.\n";
  const rows = devices.map(({ name, nodes: known, problem }) => {
    const said =
      problem === undefined ? known.join(", ") || "no node" : paint(output, "red", harmless(problem));
    return `  ${column(name)} ${problem === undefined ? harmless(said) : said}\n`;
  });
  const plans = nodes.map(({ node, levels, delayMs }) => {
    const order = levels.map((level) => level.join(" and ")).join(", then ");
    const delay = delayMs === 0 ? "" : `; after ${seconds(delayMs)}`;
    return wrappedText(`${column(node)} ${action} by ${order || "nothing"}${delay}`, "  ");
  });
  return [
    paint(output, "bold", `  ${column("DEVICE")} CAN FENCE\n`),
    ...rows,
    paint(output, "bold", `\n  ${column("NODE")} HOW\n`),
    ...plans,
  ].join("");
}

function statusTable({ cases, questions }: FenceDocumentOf<"status">, output: Output): string {
  if (cases.length === 0 && questions.length === 0) return "No node is to be fenced.\n";
  const open = cases.map(({ node, why, waitsFor }) =>
    [
      `${paint(output, "bold", harmless(node))}\n`,
      wrappedText(why, "  "),
      wrappedText(`waits: ${waitsFor}`, "  "),
    ].join(""),
  );
  const asked = questions.map((node) =>
    wrappedText(`A person is asked: is ${node} off? \`systole fence confirm ${node} --yes\` answers.`, ""),
  );
  return [...open, ...asked].join("");
}

function testTable({ node, ok, devices }: FenceDocumentOf<"test">, output: Output): string {
  const rows = devices.map(({ device, level, lists, status, problem }) => {
    const said = problem ?? (lists ? `knows it, status ${status}` : "does not know it");
    const row = wrappedText(`level ${level}: ${device} ${said}`, "  ");
    return problem === undefined ? row : paint(output, "red", row);
  });
  const verdict = ok
    ? paint(output, "green", `${harmless(node)} can be fenced.`)
    : paint(output, "red", `${harmless(node)} could not be fenced.`);
  return `${rows.join("")}${verdict}\n`;
}

function historyTable({ records }: FenceDocumentOf<"history">, output: Output): string {
  if (records.length === 0) return "No node was fenced.\n";
  return records
    .map(({ atWallMs, node, by, ok, how, why, tookMs }) => {
      const result = ok ? paint(output, "green", "fenced") : paint(output, "red", "failed");
      const head = `${new Date(atWallMs).toISOString()} ${harmless(node)} ${result} by ${harmless(by)} in ${seconds(tookMs)}\n`;
      return [head, wrappedText(how, "  "), wrappedText(`why: ${why}`, "  ")].join("");
    })
    .join("");
}

function column(text: string): string {
  return harmless(text).padEnd(18);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
