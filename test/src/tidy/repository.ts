// What the style tests look at: every file of the checkout that people wrote, read once.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export interface RepositoryFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Made by programs, or not ours. */
const SKIPPED = new Set(["node_modules", "dist", ".git", "coverage"]);
const SKIPPED_FILES = /\.(log|tsbuildinfo|tgz|png|jpg)$/;

/** Every file, sorted by path. */
export const files: readonly RepositoryFile[] = walk(ROOT).map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), "utf8"),
}));

/** TypeScript of every room, tests included. */
export const sources = files.filter(({ path }) => path.endsWith(".ts"));

export interface Manifest {
  readonly path: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Every package.json. */
export const manifests: readonly Manifest[] = files
  .filter(({ path }) => path === "package.json" || path.endsWith("/package.json"))
  .map(({ path, text }) => ({ path, json: JSON.parse(text) as Manifest["json"] }));

/** The text of one file; throws when there is none. */
export function textOf(path: string): string {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`${path} does not exist`);
  return file.text;
}

/** `path:line` of every match. */
export function matches(given: readonly RepositoryFile[], pattern: RegExp): readonly string[] {
  return given.flatMap(({ path, text }) =>
    text
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}

function walk(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => {
      if (SKIPPED.has(entry.name)) return [];
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return walk(path);
      return entry.isFile() && !SKIPPED_FILES.test(entry.name) ? [relative(ROOT, path)] : [];
    })
    .toSorted();
}
