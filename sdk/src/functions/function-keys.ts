// The keys of a function, as its environment names them.
import { SystoleError } from "@systole/core/ports";
import { MIN_KEY_CHARACTERS } from "@systole/core/http";

/** What a function finds around it: variables, and on Workers also bindings. */
export type FunctionEnv = Readonly<Record<string, unknown>>;

/**
 * The key of a cluster. `SYSTOLE_KEYS` has one for each: `NAME=KEY`, with blanks or newlines between them. `SYSTOLE_KEY` is
 * that of everybody who is not named there. Throws `SECRET_UNREADABLE`, without a key in its message, when there is none at
 * all, or one that is too short to be one.
 */
export function keyOfCluster(cluster: string, env: FunctionEnv): string | undefined {
  const keys = keysOf(env);
  return keys.get(cluster) ?? keys.get("");
}

function keysOf({ SYSTOLE_KEY: common, SYSTOLE_KEYS: named }: FunctionEnv): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const entry of typeof named === "string" ? named.split(/\s+/).filter(Boolean) : []) {
    const split = entry.indexOf("=");
    if (split < 1)
      throw new SystoleError("SECRET_UNREADABLE", "SYSTOLE_KEYS has an entry that is not NAME=KEY");
    keys.set(entry.slice(0, split), entry.slice(split + 1));
  }
  if (typeof common === "string") keys.set("", common);
  if (keys.size === 0)
    throw new SystoleError(
      "SECRET_UNREADABLE",
      "the function has no key: set SYSTOLE_KEY, or SYSTOLE_KEYS to NAME=KEY for each cluster",
    );
  for (const [name, key] of keys)
    if (key.length < MIN_KEY_CHARACTERS)
      throw new SystoleError(
        "SECRET_UNREADABLE",
        `${name === "" ? "SYSTOLE_KEY" : `the key of ${name}`} has fewer than ${MIN_KEY_CHARACTERS} characters`,
      );
  return keys;
}
