// From a resource's first argument to a script that can be run, or to a sentence that says why there is none.
import { stat } from "node:fs/promises";
import { join } from "node:path";

export type LocatedScript =
  | { readonly found: true; readonly path: string }
  | { readonly found: false; readonly problem: string };

/** A script is an executable regular file directly in `directory`; links to one are followed. */
export async function locateScript(directory: string, name: string | undefined): Promise<LocatedScript> {
  if (name === undefined || name === "") return missing("the resource names no script");
  if (name.includes("/") || name.includes("\0") || name.includes("..") || name === ".") {
    return missing(`"${name}" is not a name of a script: use the name of a file in ${directory}`);
  }
  const path = join(directory, name);
  try {
    const file = await stat(path);
    if (!file.isFile()) return missing(`${path} is not a regular file`);
    if ((file.mode & 0o111) === 0) return missing(`${path} is not executable: run chmod +x ${path}`);
    return { found: true, path };
  } catch (cause) {
    const errno = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    return missing(errno === "ENOENT" ? `there is no script ${path}` : `cannot look at ${path}: ${errno}`);
  }
}

function missing(problem: string): LocatedScript {
  return { found: false, problem };
}
