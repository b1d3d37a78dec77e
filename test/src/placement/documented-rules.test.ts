// docs/placement.md: its example is placed, its words of refusal are true, and its tables have the situations of the tests, as Systole decides them.
import { readFileSync } from "node:fs";
import { contradictionsIn, place, type PlacementState } from "@systole/core/engine";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { outcomeOf, textOf } from "./outcome.js";
import { rulesFor, stateFor } from "./situation.js";
import { THEMES } from "./situations/index.js";
import { rulesFromWords, type RulesWords } from "./written-rules.js";

const PAGE = readFileSync(new URL("../../../docs/placement.md", import.meta.url), "utf8");

function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(PAGE)?.[1];
  if (found === undefined) throw new Error(`docs/placement.md has no block of ${language}`);
  return found;
}

const rules = rulesFromWords(parse(block("yaml")) as RulesWords);
const nodes = Object.keys((parse(block("yaml")) as RulesWords).nodes);
const running = [
  ...[
    ["db", "alpha"],
    ["web", "bravo"],
    ["mail", "charlie"],
  ].map(([group = "", node = ""]) => ({ group, node, instance: 0 })),
  ...nodes.map((node, instance) => ({ group: "exporter", node, instance })),
].map((one) => ({ ...one, role: "started" as const }));
const state: PlacementState = {
  nowMs: 0,
  quorum: true,
  nodes: nodes.map((name) => ({ name, standing: name === "alpha" ? "unclean" : "online" })),
  running,
  failures: [],
  wishes: [],
  promotion: [],
  maintenance: [],
};

it("explains its example as Systole does", () => {
  expect(contradictionsIn(rules)).toEqual([]);
  const lines = place(rules, state).actions.map(
    ({ id, after, why }) => `${id}${after.length === 0 ? "" : `   after: ${after.join(", ")}`}\n    ${why}`,
  );
  expect(block("text").trimEnd().split("\n")).toEqual(lines.join("\n").split("\n"));
});

it("has the situations of each theme in order, with what Systole decides", () => {
  const rows = THEMES.flatMap(({ title, situations }) => [
    `### ${title}`,
    ...situations.map((one) => {
      const placed = rulesFor(one);
      return `${one.title} | ${textOf(outcomeOf(place(placed, stateFor(one)), placed.groups))} | ${one.differs ?? one.freer ?? ""}`;
    }),
  ]);
  const printed = PAGE.slice(PAGE.indexOf("## Beside Pacemaker"))
    .split("\n")
    .filter((line) => line.startsWith("### ") || /^\| (?!situation |-)/.test(line))
    .map((line) => {
      if (line.startsWith("###")) return line;
      const [title, theirs, ours, why = ""] = line
        .replaceAll(String.raw`\*`, "*")
        .replace(/^\| | ?\|$/g, "")
        .replace(/ \|$/, "")
        .split(" | ");
      return `${title} | ${ours === "the same" ? theirs : ours} | ${why}`;
    });
  expect(printed).toEqual(rows);
});
