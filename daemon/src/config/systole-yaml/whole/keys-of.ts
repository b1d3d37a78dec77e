// Reads the keys that `authentication` of systole.yaml points to: from files, the environment, or credentials of systemd.
import { isAbsolute, join } from "node:path";
import { checkAuthKeysMode, type AuthKey, type AuthKeys } from "../../authkeys.js";
import type { Problems, Position } from "../../problem.js";
import { readConfigFile } from "../../read-file.js";
import type { AuthenticationYaml, SecretYaml } from "./authentication-schema.js";
import type { SystoleSettings } from "../parse.js";

export interface KeyPlaces {
  /** Relative paths start here. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where systemd puts credentials of this service; undefined when it has none. */
  readonly credentialsDirectory: string | undefined;
}

export const NO_KEYS: AuthKeys = { sign: undefined, keys: [] };

/** No problem repeats a word of a key. */
export function keysOf(
  { settings, place }: SystoleSettings,
  places: KeyPlaces,
  problems: Problems,
): AuthKeys {
  const { authentication } = settings;
  if (authentication === undefined) return missing(settings.security?.mode === "enforce", place, problems);
  const read: AuthKey[] = [];
  for (const { id, method, key, path } of entries(authentication)) {
    const at = place("authentication", ...path);
    if (method === "crc") tellCrc(at, problems);
    const text = key === undefined ? undefined : secretOf(key, places, at, problems);
    if (key === undefined || text !== undefined)
      read.push({ index: id, method, ...(text !== undefined && { key: text }) });
  }
  const sign = authentication.sign ?? entries(authentication)[0]?.id;
  return { sign: read.some(({ index }) => index === sign) ? sign : undefined, keys: read };
}

function missing(isSealed: boolean, place: SystoleSettings["place"], problems: Problems): AuthKeys {
  const message =
    "nothing says what messages are signed with; write `authentication: { method: sha1, key: { file: cluster.key } }`, or `security: { mode: enforce }` with keys of the nodes";
  if (!isSealed) problems.error(place("authentication"), "yaml.missing-key", message);
  return NO_KEYS;
}

function tellCrc(at: Position, problems: Problems): void {
  const message =
    "crc protects against accidents only: anybody on the network can forge it; write sha1 and a key";
  problems.warning(at, "authkeys.crc", message);
}

interface Entry extends Omit<NonNullable<AuthenticationYaml["keys"]>[number], never> {
  readonly path: readonly PropertyKey[];
}

function entries({ method, key, keys = [] }: AuthenticationYaml): readonly Entry[] {
  if (method !== undefined) return [{ id: 1, method, key, path: key === undefined ? ["method"] : ["key"] }];
  return keys.map((entry, position) => ({
    ...entry,
    path: ["keys", position, entry.key === undefined ? "method" : "key"],
  }));
}

function secretOf(
  source: SecretYaml,
  places: KeyPlaces,
  at: Position,
  problems: Problems,
): string | undefined {
  const text =
    "env" in source ? ofEnvironment(source.env, places, at, problems) : ofFile(source, places, at, problems);
  if (text === undefined) return undefined;
  // As in authkeys, where a blank ends it: the other nodes may have it there.
  const key = text.replace(/\r?\n$/, "");
  if (/^[^\s\p{Cc}]+$/u.test(key)) return key;
  const message =
    "the key is empty, or has blanks or several lines; write one word, e.g. from `openssl rand -hex 32`";
  problems.error(at, "authkeys.key-missing", message);
  return undefined;
}

function ofEnvironment(
  name: string,
  { environment }: KeyPlaces,
  at: Position,
  problems: Problems,
): string | undefined {
  const value = environment[name];
  const message = `the variable ${name} is not set in this environment; set it for the daemon, e.g. by \`EnvironmentFile=\` of systemd, or write \`{ file: … }\``;
  if (value === undefined) problems.error(at, "authkeys.key-missing", message);
  return value;
}

function ofFile(
  source: Exclude<SecretYaml, { readonly env: string }>,
  { directory, credentialsDirectory }: KeyPlaces,
  at: Position,
  problems: Problems,
): string | undefined {
  if ("credential" in source && credentialsDirectory === undefined) {
    const message = `systemd has given no credentials to this process; write \`LoadCredential=${source.credential}:/path\` into the unit, or \`{ file: … }\``;
    problems.error(at, "authkeys.key-missing", message);
    return undefined;
  }
  const path =
    "credential" in source
      ? join(credentialsDirectory ?? "", source.credential)
      : isAbsolute(source.file)
        ? source.file
        : join(directory, source.file);
  const file = readConfigFile(path);
  if (!file.ok) {
    const message = `${path} cannot be read: ${file.reason}; copy it from the other node, or write one with \`openssl rand -hex 32\``;
    problems.error(at, "authkeys.key-missing", message);
    return undefined;
  }
  // systemd guards what it hands out.
  if ("file" in source)
    for (const { severity, code, message } of checkAuthKeysMode(file.mode, path).problems)
      problems[severity](at, code, message);
  if (file.utf8) return file.text;
  problems.error(at, "authkeys.encoding", `${path} is not UTF-8; save it as UTF-8, on all nodes`);
  return undefined;
}
