// The strip of a run as a picture for the README.
import type { ActResult } from "@systole/test/lab";
import { CELL_MS, type Cell } from "./strip.js";

export interface PicturedAct {
  readonly result: ActResult;
  readonly cells: readonly Cell[];
}

const COLOUR: Readonly<Record<string, string>> = { master: "#2da44e", cluster1: "#0969da" };
const NOBODY = "#cf222e";
const ROW_HEIGHT = 30;
const CELL_WIDTH = 8;
const STRIP_LEFT = 250;
const RIGHT = 150;

/** A self-contained SVG; readable on a light and on a dark page. */
export function svgOf(acts: readonly PicturedAct[]): string {
  const longest = Math.max(...acts.map((act) => act.cells.length));
  const width = STRIP_LEFT + longest * CELL_WIDTH + RIGHT;
  const height = 60 + acts.length * ROW_HEIGHT;
  const rows = acts.map((act, index) => row(act, 50 + index * ROW_HEIGHT));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}" font-family="ui-monospace, monospace" font-size="13">`,
    `<title>Who answers, act by act; one cell is ${String(CELL_MS)} ms</title>`,
    `<rect width="100%" height="100%" rx="6" fill="#f6f8fa"/>`,
    legend(),
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

function row({ result, cells }: PicturedAct, top: number): string {
  const rects = runsOf(cells).map(
    ({ colour, start, length, opacity }) =>
      `<rect x="${String(STRIP_LEFT + start * CELL_WIDTH)}" y="${String(top)}" width="${String(length * CELL_WIDTH)}" height="18" fill="${colour}"${opacity}/>`,
  );
  const end = STRIP_LEFT + cells.length * CELL_WIDTH + 10;
  return [
    text(16, top + 14, result.title),
    ...rects,
    text(end, top + 14, `gap ${String(result.longestGapMs)} ms`),
  ].join("\n");
}

function legend(): string {
  const entries = [
    { label: "master answers", colour: COLOUR.master ?? "" },
    { label: "cluster1 answers", colour: COLOUR.cluster1 ?? "" },
    { label: `nobody answers (one cell: ${String(CELL_MS)} ms)`, colour: NOBODY },
  ];
  return entries
    .map(({ label, colour }, index) => {
      const left = 16 + index * 165;
      return `<rect x="${String(left)}" y="14" width="12" height="12" fill="${colour}"/>${text(left + 18, 25, label)}`;
    })
    .join("\n");
}

function runsOf(
  cells: readonly Cell[],
): { colour: string; opacity: string; start: number; length: number }[] {
  const runs: { colour: string; opacity: string; start: number; length: number }[] = [];
  for (const [index, cell] of cells.entries()) {
    const colour = cell.who === undefined ? NOBODY : (COLOUR[cell.who] ?? NOBODY);
    const opacity = cell.who !== undefined && !cell.complete ? ' opacity="0.55"' : "";
    const last = runs.at(-1);
    if (last !== undefined && last.colour === colour && last.opacity === opacity) last.length += 1;
    else runs.push({ colour, opacity, start: index, length: 1 });
  }
  return runs;
}

function text(x: number, y: number, content: string): string {
  return `<text x="${String(x)}" y="${String(y)}" fill="#1f2328">${content}</text>`;
}
