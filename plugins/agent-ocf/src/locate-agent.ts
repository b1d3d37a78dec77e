// From a resource's arguments to an agent that can be run, or to a sentence that says why there is none.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** `<root>/resource.d/<provider>/<type>`. */
export interface OcfAgentFile {
  readonly provider: string;
  readonly type: string;
  readonly path: string;
  /** Changes when the file is replaced. */
  readonly version: string;
}

export type LocatedAgent =
  | { readonly found: true; readonly file: OcfAgentFile }
  | { readonly found: false; readonly problem: string };

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;

/** An agent is an executable regular file, or a link to one; its arguments are provider and type. */
export async function locateAgent(root: string, args: readonly string[]): Promise<LocatedAgent> {
  const [provider = "", type = ""] = args;
  if (!NAME.test(provider) || !NAME.test(type)) {
    return missing(`"${args.join(":")}" names no agent of OCF: write PROVIDER:TYPE, e.g. heartbeat:Dummy`);
  }
  const path = join(root, "resource.d", provider, type);
  try {
    const file = await stat(path);
    if (!file.isFile()) return missing(`${path} is not a regular file`);
    if ((file.mode & 0o111) === 0) return missing(`${path} is not executable: run chmod +x ${path}`);
    return {
      found: true,
      file: { provider, type, path, version: `${file.ino}:${file.size}:${file.mtimeMs}` },
    };
  } catch (cause) {
    const errno = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    return missing(errno === "ENOENT" ? `there is no agent ${path}` : `cannot look at ${path}: ${errno}`);
  }
}

/** Every agent below `root`, by provider and type. Hidden files are the libraries of agents. */
export async function listAgents(
  root: string,
): Promise<readonly (readonly [provider: string, type: string])[]> {
  const found: [string, string][] = [];
  const directory = join(root, "resource.d");
  for (const provider of (await readdir(directory).catch(() => [])).toSorted()) {
    for (const type of (await readdir(join(directory, provider)).catch(() => [])).toSorted()) {
      if ((await locateAgent(root, [provider, type])).found) found.push([provider, type]);
    }
  }
  return found;
}

function missing(problem: string): LocatedAgent {
  return { found: false, problem };
}
