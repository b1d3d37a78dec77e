// Finds the nginx of this node and asks it where it was built to look for things.
import { realpath, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import type { Processes } from "@systole/sdk";

export interface NginxBuild {
  readonly binary: string;
  /** Where relative paths of `pid` and `-c` begin. */
  readonly prefix: string;
  readonly configFile: string;
  readonly pidFile: string;
}

export type FoundNginx =
  | { readonly found: true; readonly build: NginxBuild }
  | { readonly found: false; readonly timedOut: boolean; readonly problem: string };

const PLACES = [
  "/usr/sbin",
  "/usr/bin",
  "/usr/local/nginx/sbin",
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/local/openresty/nginx/sbin",
];
const VERSION_TIMEOUT_MS = 10_000;
const MAX_REMEMBERED = 16;

/** Finds binaries; remembers what each said of itself until its file changes. */
export class NginxFinder {
  readonly #processes: Processes;
  readonly #remembered = new Map<string, NginxBuild>();

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  /** `httpd` is the binary that the resource names, if it does. Looks in PATH, then where packages put it. */
  async find(httpd: string | undefined, signal: AbortSignal): Promise<FoundNginx> {
    const binary = httpd === undefined ? await firstExecutable() : await executable(httpd);
    if (binary === undefined) {
      const where = httpd ?? `nginx in PATH, ${PLACES.join(", ")}`;
      const problem = `there is no executable ${where}: install nginx or name its binary with the parameter httpd`;
      return { found: false, timedOut: false, problem };
    }
    const known = this.#remembered.get(binary.key);
    if (known !== undefined) return { found: true, build: known };
    const request = { command: binary.path, args: ["-V"], timeoutMs: VERSION_TIMEOUT_MS };
    const result = await this.#processes.run(request, signal);
    if (result.timedOut || result.exitCode !== 0) {
      const problem = `${binary.path} -V ${result.timedOut ? "was ended before it answered" : "failed"}`;
      return { found: false, timedOut: result.timedOut, problem };
    }
    const build = parseBuild(binary.path, result.stdout + result.stderr);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(binary.key, build);
    return { found: true, build };
  }
}

/** Reads the `configure arguments` of `nginx -V`, with nginx's own defaults for those it was not given. */
export function parseBuild(binary: string, output: string): NginxBuild {
  const words = output.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const options = words.map((word) => word.replaceAll(/['"]/g, ""));
  const argument = (name: string): string | undefined =>
    options.find((option) => option.startsWith(`--${name}=`))?.slice(name.length + 3);
  const prefix = argument("prefix") || "/usr/local/nginx";
  return {
    binary,
    prefix,
    configFile: resolve(prefix, argument("conf-path") || "conf/nginx.conf"),
    pidFile: resolve(prefix, argument("pid-path") || "logs/nginx.pid"),
  };
}

interface Executable {
  readonly path: string;
  /** Changes with the file. */
  readonly key: string;
}

async function firstExecutable(): Promise<Executable | undefined> {
  const inPath = (process.env["PATH"] ?? "").split(":").filter((directory) => isAbsolute(directory));
  for (const directory of [...inPath, ...PLACES]) {
    const found = await executable(join(directory, "nginx"));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function executable(path: string): Promise<Executable | undefined> {
  try {
    const real = await realpath(path);
    const file = await stat(real);
    if (!isAbsolute(path) || !file.isFile() || (file.mode & 0o111) === 0) return undefined;
    return { path, key: `${path} ${real} ${file.mtimeMs} ${file.size}` };
  } catch {
    return undefined;
  }
}
