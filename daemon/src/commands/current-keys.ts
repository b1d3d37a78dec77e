// The keys that sign, read again while the daemon runs: from authkeys, or from where systole.yaml says when that is the whole configuration.
import { join } from "node:path";
import { SystoleError } from "@systole/core/ports";
import { ConfigFile } from "../config/config-file.js";
import { thisMachine } from "../config/machine.js";
import { Problems } from "../config/problem.js";
import { parseSystoleYaml } from "../config/systole-yaml/parse.js";
import { keysOf } from "../config/systole-yaml/whole/keys-of.js";
import { isWhole } from "../config/systole-yaml/whole/whole-file.js";
import { readAuthKeys, type UsableKeys } from "../wire/authkeys-file.js";

/** Throws `AUTHKEYS_INVALID` or `AUTHKEYS_PERMISSIONS`, with the place but without a word of a key. */
export function readCurrentKeys(haDirectory: string): UsableKeys {
  const { text, path } = new ConfigFile(haDirectory, "systole.yaml", true);
  const { value: systoleYaml } = parseSystoleYaml(text, path);
  const hasHaCf = new ConfigFile(haDirectory, "ha.cf", true).isThere;
  if (!isWhole(systoleYaml, hasHaCf)) return readAuthKeys(join(haDirectory, "authkeys"), "daemon");
  const problems = new Problems(path);
  const { credentialsDirectory } = thisMachine();
  const places = { directory: haDirectory, environment: process.env, credentialsDirectory };
  const { sign, keys } = keysOf(systoleYaml, places, problems);
  const problem = problems.found.find(({ severity }) => severity === "error");
  if (problem !== undefined || sign === undefined)
    throw new SystoleError(
      "AUTHKEYS_INVALID",
      `${path}:${problem?.line ?? 1}: ${problem?.message ?? "no key signs"}`,
    );
  return { sign, keys };
}
