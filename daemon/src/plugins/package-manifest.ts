// What a package says of itself in package.json: read before any of its code is.
import { join } from "node:path";
import { readConfigFile } from "../config/read-file.js";

export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  /** The range of SDKs that it runs with; undefined when it names none. */
  readonly sdkRange: string | undefined;
  /** Its entry points as written: `exports`, or else `main`. */
  readonly exports: unknown;
}

export type ReadManifest =
  | { readonly ok: true; readonly manifest: PackageManifest }
  | { readonly ok: false; readonly missing: boolean; readonly reason: string };

export const SDK_PACKAGE = "@systole/sdk";

/** Never throws. */
export function readManifest(directory: string): ReadManifest {
  const path = join(directory, "package.json");
  const file = readConfigFile(path);
  if (!file.ok) return { ok: false, missing: file.missing, reason: `${path}: ${file.reason}` };
  try {
    const json = record(JSON.parse(file.text));
    const { name, version, main } = json;
    return {
      ok: true,
      manifest: {
        name: typeof name === "string" ? name : directory,
        version: typeof version === "string" ? version : "0.0.0",
        sdkRange: range(json["peerDependencies"]) ?? range(json["dependencies"]),
        exports: json["exports"] ?? { ".": typeof main === "string" ? `./${main}` : "./index.js" },
      },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, missing: false, reason: `${path} is not JSON: ${reason}` };
  }
}

/** Full path of an entry point, `.` or `./name`, as Node would import it; undefined when there is none. */
export function entryOf(directory: string, { exports }: PackageManifest, entry: string): string | undefined {
  const isTable = typeof exports === "object" && exports !== null && Object.keys(exports)[0]?.startsWith(".");
  const target = isTable ? record(exports)[entry] : entry === "." ? exports : undefined;
  const path = conditional(target);
  return path === undefined ? undefined : join(directory, path);
}

const CONDITIONS: ReadonlySet<string> = new Set(["node", "import", "module-sync", "default"]);

/** The first branch whose condition holds here, as Node chooses. */
function conditional(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  for (const [condition, branch] of Object.entries(record(target)))
    if (CONDITIONS.has(condition)) return conditional(branch);
  return undefined;
}

function range(dependencies: unknown): string | undefined {
  const text = record(dependencies)[SDK_PACKAGE];
  return typeof text === "string" ? text : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
