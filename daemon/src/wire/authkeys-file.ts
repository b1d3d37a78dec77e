// Reads authkeys alone: for keys that change while the daemon runs, and for looking at packets.
import { SystoleError } from "@systole/core/ports";
import { checkAuthKeysMode, parseAuthKeys, type AuthKey } from "../config/authkeys.js";
import type { Problem } from "../config/problem.js";
import { readConfigFile } from "../config/read-file.js";

export interface UsableKeys {
  /** Index of the key that signs. */
  readonly sign: number;
  readonly keys: readonly AuthKey[];
}

/** Who reads: a daemon insists that nobody else can read the keys, a look at a copy of them does not. */
export type Reader = "daemon" | "tool";

/** Throws `AUTHKEYS_INVALID` or `AUTHKEYS_PERMISSIONS`, with the place but without a word of the file. */
export function readAuthKeys(path: string, reader: Reader): UsableKeys {
  const file = readConfigFile(path);
  if (!file.ok) throw invalid(`${path} cannot be read: ${file.reason}`);
  if (reader === "daemon") {
    const [problem] = errors(checkAuthKeysMode(file.mode, path).problems);
    if (problem !== undefined) throw new SystoleError("AUTHKEYS_PERMISSIONS", told(problem));
  }
  const { value, problems } = parseAuthKeys(file.text, path);
  const [problem] = errors(problems);
  if (problem !== undefined) throw invalid(told(problem));
  if (!file.utf8 && value.keys.some(({ key }) => key !== undefined && !/^[ -~]*$/.test(key))) {
    throw invalid(`${path}: a key has letters beyond ASCII and the file is not UTF-8; save it as UTF-8`);
  }
  if (value.sign === undefined) throw invalid(`${path}: no line says which key signs`);
  return { sign: value.sign, keys: value.keys };
}

function errors(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ severity }) => severity === "error");
}

function told({ file, line, message }: Problem): string {
  return line === 0 ? `${file}: ${message}` : `${file}:${line}: ${message}`;
}

function invalid(message: string): SystoleError {
  return new SystoleError("AUTHKEYS_INVALID", message);
}
