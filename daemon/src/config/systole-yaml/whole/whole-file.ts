// When systole.yaml is the whole configuration, and which of its keys say so.
import type { Position } from "../../problem.js";
import type { SystoleFile } from "../parse.js";
import type { SystoleYaml } from "../schema.js";

/** Keys for which heartbeat's three files have words of their own. */
export const WHOLE_KEYS = [
  "cluster",
  "preset",
  "nodes",
  "timings",
  "watchdog",
  "logging",
  "media",
  "authentication",
  "groups",
  "constraints",
  "heartbeat",
] as const satisfies readonly (keyof SystoleYaml)[];

/** Without ha.cf a file that names nodes is the whole configuration, also where what it says of them is wrong. */
export function isWhole({ namesNodes }: SystoleFile, hasHaCf: boolean): boolean {
  return !hasHaCf && namesNodes;
}

export type Place = (...path: readonly PropertyKey[]) => Position;
