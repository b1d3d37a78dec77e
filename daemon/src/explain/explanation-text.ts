// An explanation for people: each step on a line with its time, what came of what further to the right.
import { secondsText } from "@systole/core/words";
import { wallMsOf } from "../journal/entry.js";
import { clockText, dayText } from "../commands/clock-text.js";
import { harmless, paint, type Output } from "../commands/terminal.js";
import { wrapped } from "../commands/wrapped.js";
import { entryWords } from "./entry-words.js";
import type { Explanation } from "./explanation.js";
import type { Step, Story } from "./stories.js";

/** So many steps of a story are told; of a longer one its begin and its end. */
const MAX_STEPS = 60;
const CLOCK_WIDTH = "10:02:11.412  ".length;

/** Times are local. `width`: columns that there are. */
export function explanationText(explanation: Explanation, output: Output, width: number): string {
  const { subject, stands, stories } = explanation;
  const name = subject.kind === "group" ? subject.key : subject.name;
  const lines = wrapped(stands ?? `the journal does not say where ${name} stands`, "", "  ", width);
  const head = lines.map((line) => paint(output, "bold", line));
  if (stories.length === 0) head.push("  nothing is told of it in that time");
  return [
    ...head,
    ...stories.flatMap((story) => storyLines(story, explanation, output, width)),
    ...remark(explanation, width),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function storyLines(
  story: Story,
  explanation: Explanation,
  output: Output,
  width: number,
): readonly string[] {
  const { steps, beganMs, unserved } = story;
  const lines = ["", paint(output, "bold", dayText(beganMs))];
  const left = steps.length - MAX_STEPS;
  const told = steps.flatMap((step, at) => {
    if (left <= 0 || at < MAX_STEPS / 2 || at >= MAX_STEPS / 2 + left) return linesOf(step, beganMs, width);
    const gap = { ms: wallMsOf(step.entry), lines: [`${" ".repeat(CLOCK_WIDTH)}… ${left} more …`] };
    return at === MAX_STEPS / 2 ? [gap] : [];
  });
  // What is only known afterwards, a last sign of life, comes at its own time.
  lines.push(...told.toSorted((one, other) => one.ms - other.ms).flatMap((line) => line.lines));
  const [by = ""] = explanation.seenBy;
  for (const { group, ms } of unserved) {
    const told = `${harmless(group)} was not served for ${secondsText(ms)}, as ${by} could see it`;
    lines.push(...wrapped(told, `${" ".repeat(CLOCK_WIDTH)}= `, " ".repeat(CLOCK_WIDTH + 2), width));
  }
  return lines;
}

interface Told {
  readonly ms: number;
  readonly lines: readonly string[];
}

function linesOf({ entry, cause }: Step, beganMs: number, width: number): readonly Told[] {
  const ms = wallMsOf(entry);
  const silentMs = entry.name === "node.changed" ? entry.fields["silentMs"] : undefined;
  const lastMs = typeof silentMs === "number" ? ms - silentMs : undefined;
  const isFirst = cause === undefined && lastMs === undefined;
  const last = `${String(entry.fields["node"])} is heard for the last time`;
  return [
    ...(lastMs === undefined ? [] : [toldAt(lastMs, lastMs <= beganMs, last, width)]),
    toldAt(ms, isFirst, `${entry.node} ${entryWords(entry)}`, width),
  ];
}

function toldAt(ms: number, isFirst: boolean, text: string, width: number): Told {
  const mark = isFirst ? "" : "→ ";
  const indent = " ".repeat(CLOCK_WIDTH + mark.length);
  return { ms, lines: wrapped(harmless(text), `${clockText(ms)}  ${mark}`, indent, width) };
}

function remark({ seenBy, notAsked }: Explanation, width: number): readonly string[] {
  if (notAsked.length === 0) return [];
  const others =
    notAsked.length === 1 ? "what it saw is in its own journal" : "what they saw is in their own journals";
  const told = `Seen by ${seenBy.join(" and ")} alone. ${notAsked.join(" and ")} did not tell: ${others}; --journal adds a copy.`;
  return ["", ...wrapped(harmless(told), "", "", width)];
}
