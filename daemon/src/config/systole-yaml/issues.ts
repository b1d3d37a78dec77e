// Turns what the schema found into sentences at their places: which key, what stands there, what to write instead.
import { didYouMean } from "@systole/sdk";
import type { z } from "zod";
import type { Problems } from "../problem.js";
import { knownKeys } from "./known-keys.js";
import type { YamlPlaces } from "./yaml-places.js";

type Issue = z.core.$ZodIssue;

export function reportIssues(
  issues: readonly Issue[],
  value: unknown,
  places: YamlPlaces,
  problems: Problems,
): void {
  for (const issue of issues) {
    if (issue.code === "unrecognized_keys") reportUnknownKeys(issue, places, problems);
    else if (valueAt(value, issue.path) === undefined)
      problems.error(
        places.ofValue(issue.path),
        "yaml.missing-key",
        `${named(issue.path.slice(0, -1))} has no \`${String(issue.path.at(-1))}\`; ${issue.message}`,
      );
    else
      problems.error(
        places.ofValue(issue.path),
        "yaml.invalid-value",
        `${named(issue.path)} is ${isSecret(issue.path) ? "not what it can be" : shown(valueAt(value, issue.path))}; ${issue.message}`,
      );
  }
}

function reportUnknownKeys(
  { keys, path }: Extract<Issue, { code: "unrecognized_keys" }>,
  places: YamlPlaces,
  problems: Problems,
): void {
  const known = knownKeys(path);
  for (const key of keys) {
    const advice = didYouMean(key, known) || `; ${named(path)} may have: ${known.join(", ")}`;
    problems.error(
      places.ofKey([...path, key]),
      "yaml.unknown-key",
      `there is no key "${key}" in ${named(path)}${advice}`,
    );
  }
}

/** `plugins[0].use`; the file itself when the path is empty. */
function named(path: readonly PropertyKey[]): string {
  const text = path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
  return text === "" ? "this file" : `\`${text}\``;
}

/** A key that somebody has written into the file by mistake is not told. */
function isSecret([first, ...path]: readonly PropertyKey[]): boolean {
  return first === "authentication" && path.includes("key");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === "object" && inner !== null
        ? (inner as Readonly<Record<PropertyKey, unknown>>)[step]
        : undefined,
    value,
  );
}

const MAX_SHOWN_CHARACTERS = 40;

function shown(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping of keys";
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}
