// What no life reaches, and why: read from unreached.json. A branch is named by its kind and by what stands there, not by its line.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../from-source.js";
import type { Branch } from "./branches.js";

export interface KnownUnreached {
  readonly why: string;
  /** By file, from the root of the repository: `kind: text` of each branch. */
  readonly branches: Readonly<Record<string, readonly string[]>>;
}

export const KNOWN_FILE = "test/src/sim/coverage/unreached.json";

export function knownUnreached(): readonly KnownUnreached[] {
  return JSON.parse(readFileSync(join(ROOT, KNOWN_FILE), "utf8")) as readonly KnownUnreached[];
}

export function nameOf({ kind, text }: Branch): string {
  return `${kind}: ${text}`;
}

/** Why a branch is not reached; undefined: nobody has said. */
export function reasonFor(branch: Branch, known: readonly KnownUnreached[]): string | undefined {
  const name = nameOf(branch);
  return known.find(({ branches }) => branches[branch.file]?.includes(name) === true)?.why;
}
