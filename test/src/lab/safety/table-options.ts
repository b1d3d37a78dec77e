// What can be said on the table's command line.
import { parseArgs } from "node:util";
import type { Scenario } from "./row.js";
import { SCENARIOS } from "./scenarios.js";
import { SET_UPS, type SetUp } from "./set-up.js";

export interface TableOptions {
  readonly form: "text" | "markdown" | "json";
  readonly scenarios: readonly Scenario[];
  readonly setUps: readonly SetUp[];
  /** Labs at a time. */
  readonly atOnce: number;
}

/** Throws TypeError with a sentence for a bad option. */
export function parseTableOptions(args: readonly string[]): TableOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      table: { type: "boolean", default: true },
      markdown: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      "set-ups": { type: "string", default: "" },
      "at-once": { type: "string", default: "2" },
    },
  });
  const atOnce = Number(values["at-once"]);
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > 16)
    throw new TypeError("--at-once takes a number from 1 to 16");
  return {
    form: values.json ? "json" : values.markdown ? "markdown" : "text",
    scenarios: chosen(values.only, SCENARIOS),
    setUps: chosen(values["set-ups"], SET_UPS),
    atOnce,
  };
}

/** Those that the list names, in their own order; all when it is empty. */
function chosen<Item extends { readonly id: string }>(list: string, all: readonly Item[]): readonly Item[] {
  const names = list.split(",").filter((name) => name !== "");
  const ids = all.map(({ id }) => id);
  const unknown = names.find((name) => !ids.includes(name));
  if (unknown !== undefined) throw new TypeError(`${unknown}: choose from ${ids.join(", ")}`);
  return names.length === 0 ? all : all.filter(({ id }) => names.includes(id));
}
