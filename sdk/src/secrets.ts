// Passwords and keys of plugins: written as where they stand, read at the last moment, and hidden in whatever is said.
import { SystoleError, type Processes } from "@systole/core/ports";

/** A value itself, or where it stands: in a file, or in a variable of the daemon's environment. */
export type SecretSource = string | { readonly file: string } | { readonly env: string };

/** Where secrets are looked for. The SDK reads nothing by itself: a plugin on Node gives it `process.env` and `node:fs`. */
export interface SecretPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file's text and its permission bits. Rejects when it cannot be read. */
  read(path: string): Promise<{ readonly text: string; readonly mode: number }>;
}

/** Parameters by name with their values, and those of the values that nobody may see. */
export interface ReadParameters {
  readonly values: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

const READABLE_BY_ALL = 0o004;
const MAX_SECRET_CHARACTERS = 65_536;
/** Names of parameters whose value is hidden also where it is written out. */
const SECRET_NAME = /pass|pwd|secret|token|key|community|cred/i;
const HIDDEN = "***";

/**
 * The value behind `source`; of a file without the newline at its end. Throws `SECRET_UNREADABLE`, which names the place
 * and never the value: the variable is not set, the file cannot be read, or everybody may read it.
 */
export async function readSecret(source: SecretSource, places: SecretPlaces): Promise<string> {
  if (typeof source === "string") return source;
  const place = "env" in source ? `the variable ${source.env}` : source.file;
  const value = "env" in source ? places.env[source.env] : await textOf(source.file, places);
  if (value === undefined) throw unreadable(`${place} is not set in the environment of the daemon`);
  if (value.length > MAX_SECRET_CHARACTERS)
    throw unreadable(`${place} holds more than ${MAX_SECRET_CHARACTERS} characters`);
  return value;
}

/** Reads every parameter. Throws `SECRET_UNREADABLE` as `readSecret` does, with the parameter's name before it. */
export async function readParameters(
  parameters: Readonly<Record<string, SecretSource>>,
  places: SecretPlaces,
): Promise<ReadParameters> {
  const values: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, source] of Object.entries(parameters)) {
    const value = await readSecret(source, places).catch((cause: unknown) => {
      throw unreadable(`parameter ${name}: ${cause instanceof Error ? cause.message : String(cause)}`);
    });
    values[name] = value;
    if (typeof source !== "string" || SECRET_NAME.test(name)) secrets.push(value);
  }
  return { values, secrets };
}

/** `text` with `***` in the place of every secret. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const longestFirst = secrets.filter((secret) => secret !== "").toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

/** The same programs, in whose output none of `secrets` appears. */
export function hidingSecrets(processes: Processes, secrets: readonly string[]): Processes {
  return {
    async run(request, signal) {
      const result = await processes.run(request, signal);
      return {
        ...result,
        stdout: withoutSecrets(result.stdout, secrets),
        stderr: withoutSecrets(result.stderr, secrets),
      };
    },
  };
}

async function textOf(path: string, places: SecretPlaces): Promise<string> {
  const { text, mode } = await places.read(path).catch((cause: unknown) => {
    throw unreadable(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  if ((mode & READABLE_BY_ALL) !== 0)
    throw unreadable(`everybody on this machine may read ${path}: chmod 0600 ${path}`);
  return text.replace(/\r?\n$/, "");
}

function unreadable(message: string): SystoleError {
  return new SystoleError("SECRET_UNREADABLE", message);
}
