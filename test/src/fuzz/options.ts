// What `npm run fuzz` is told on its command line.
import { parseArgs } from "node:util";
import type { Door } from "./door.js";

export interface FuzzOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly doors: readonly Door[];
  /** Keep the shortest input of each outcome in the corpus. */
  readonly keep: boolean;
  /** Only this kept input, from 1. */
  readonly entry: number | undefined;
}

export const USAGE = `Usage: npm run fuzz -- [--minutes N] [--target NAME] [--seed N] [--keep] [--entry N] [--list]

  --minutes N    in all, shared by the targets; default 5
  --target NAME  only this one; may be given several times
  --seed N       the same seed tries the same inputs in the same order
  --keep         keep the shortest input of each outcome that was new
  --entry N      try input N of the target's corpus, and nothing else
  --list         say which targets there are, and what each promises
`;

/** A sentence when it makes no sense. */
export function fuzzOptions(
  args: readonly string[],
  doors: readonly Door[],
): FuzzOptions | "list" | "help" | string {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: "string", default: "5" },
        target: { type: "string", multiple: true, default: [] },
        seed: { type: "string" },
        keep: { type: "boolean", default: false },
        entry: { type: "string" },
        list: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (values.help) return "help";
  if (values.list) return "list";
  const chosen = doors.filter(({ name }) => values.target.length === 0 || values.target.includes(name));
  const unknown = values.target.filter((name) => doors.every((door) => door.name !== name));
  if (unknown.length > 0) return `no target is called ${unknown.join(", ")}; --list says which there are`;
  const minutes = Number(values.minutes);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
  const entry = values.entry === undefined ? undefined : Number(values.entry);
  if (!(minutes > 0)) return "--minutes takes a number above 0";
  if (!Number.isInteger(seed)) return "--seed takes a whole number";
  if (entry !== undefined && (!Number.isInteger(entry) || chosen.length !== 1))
    return "--entry takes the number of an input of one --target";
  return { minutes, seed, doors: chosen, keep: values.keep, entry };
}
