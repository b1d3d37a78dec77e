// What many lives have reached of the engine and of the frames: a table of files, and branch by branch what they have not reached,
// held against what is known not to be (unreached.json).
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../from-source.js";
import { branchesOf, type Branch } from "./branches.js";
import { KNOWN_FILE, knownUnreached, nameOf, reasonFor, type KnownUnreached } from "./known.js";
import type { ScriptCoverage } from "./recorder.js";

const COUNTED = ["core/dist/engine", "core/dist/message"];
/** Placement by rules among them: no life has a cluster with such rules yet. */
const NOT_COUNTED = /\.test\.js$|\/testkit\/|\/resources\/placement\//;

/** What the threads have counted: every branch of every file, those included that none of them has loaded. */
export async function allBranches(
  threads: readonly (readonly ScriptCoverage[])[],
): Promise<readonly Branch[]> {
  const branches: Branch[] = [];
  for (const made of COUNTED.flatMap(filesIn)) {
    const { href } = pathToFileURL(made);
    const counts = threads.flatMap((files) => files.filter(({ url }) => url === href));
    branches.push(...(await branchesOf(made, counts)));
  }
  return branches;
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: "utf8" })
    .map((name) => join(ROOT, directory, name))
    .filter((path) => path.endsWith(".js") && !NOT_COUNTED.test(path) && existsSync(sourceOf(path)))
    .toSorted();
}

/** A build leaves behind what it made of files that are gone. */
function sourceOf(made: string): string {
  return made.replace("/core/dist/", "/core/src/").replace(/\.js$/, ".ts");
}

export interface CoverageReport {
  readonly lines: readonly string[];
  /** Branches that are not reached, and of which nobody has said why. */
  readonly unexplained: number;
}

export function coverageReport(branches: readonly Branch[]): CoverageReport {
  const known = knownUnreached();
  const missed = branches.filter(({ reached, inner }) => !reached && !inner);
  const unexplained = missed.filter((branch) => reasonFor(branch, known) === undefined);
  const counts = known.map(({ why }) => {
    const times = missed.filter((branch) => reasonFor(branch, known) === why).length;
    return `  ${String(times).padStart(4)}  ${why}`;
  });
  return {
    lines: [
      ...table(branches),
      `not reached, as ${KNOWN_FILE} says, because`,
      ...counts,
      ...titled(
        "reached, although listed there",
        branches.filter((branch) => isReachedAlthough(branch, branches, known)),
      ),
      ...titled("not reached, and nobody has said why", unexplained),
    ],
    unexplained: unexplained.length,
  };
}

/** Where several are called alike, all of them have to be reached. */
function isReachedAlthough(
  branch: Branch,
  branches: readonly Branch[],
  known: readonly KnownUnreached[],
): boolean {
  if (!branch.reached || reasonFor(branch, known) === undefined) return false;
  const name = nameOf(branch);
  return branches.every((other) => other.reached || other.file !== branch.file || nameOf(other) !== name);
}

function titled(title: string, branches: readonly Branch[]): readonly string[] {
  if (branches.length === 0) return [];
  return [`${title}:`, ...branches.map((branch) => `  ${branch.file}:${branch.line}  ${nameOf(branch)}`)];
}

function table(branches: readonly Branch[]): readonly string[] {
  const files = [...new Set(branches.map(({ file }) => file))];
  const rows = files.map((file) =>
    row(
      file,
      branches.filter((branch) => branch.file === file),
    ),
  );
  return ["reached of all branches and functions:", ...rows, row("all", branches)];
}

function row(name: string, branches: readonly Branch[]): string {
  const reached = branches.filter((branch) => branch.reached).length;
  // Down, so that 100 % is all of it.
  const percent = Math.floor((1000 * reached) / Math.max(1, branches.length)) / 10;
  return `  ${`${reached}/${branches.length}`.padStart(9)}  ${percent.toFixed(1).padStart(5)} %  ${name}`;
}
