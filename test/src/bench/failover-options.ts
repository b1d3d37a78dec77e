// What can be said on the benchmark's command line.
import { parseArgs } from "node:util";
import type { Implementation } from "../lab/index.js";

export interface BenchOptions {
  readonly json: boolean;
  readonly runs: number;
  /** Systole first. */
  readonly implementations: readonly Implementation[];
}

const OTHERS: readonly Implementation[] = ["heartbeat", "keepalived"];

/** Throws TypeError with a sentence for a bad option. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      runs: { type: "string", default: "3" },
      against: { type: "string", default: "" },
      only: { type: "string", default: "" },
    },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1 || runs > 100)
    throw new TypeError("--runs takes a number from 1 to 100");
  if (values.only !== "")
    return { json: values.json, runs, implementations: namesIn(values.only, ["systole", ...OTHERS]) };
  return { json: values.json, runs, implementations: ["systole", ...namesIn(values.against, OTHERS)] };
}

function namesIn(list: string, allowed: readonly Implementation[]): Implementation[] {
  return list
    .split(",")
    .filter((name) => name !== "")
    .map((name) => {
      const found = allowed.find((one) => one === name);
      if (found === undefined) throw new TypeError(`${name}: choose from ${allowed.join(", ")}`);
      return found;
    });
}
