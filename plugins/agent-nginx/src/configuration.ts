// What the agent must know of an nginx configuration: where its pid file is and which sockets it opens.
// Read from the files and not from `nginx -T`, which opens those sockets for a moment and fails wherever one address of
// them is missing, as on the passive node; status and stop must work there, and also after an edit that broke the file.
import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { NginxBuild } from "./find-nginx.js";
import { includedFiles } from "./included-files.js";
import { parseListen, type Listen } from "./listen.js";
import { parseDirectives, type Directive } from "./nginx-syntax.js";

export interface NginxConfiguration {
  readonly file: string;
  readonly pidFile: string;
  /** TCP and unix sockets, without repetition. */
  readonly listens: readonly Listen[];
  /** False for `daemon off`. */
  readonly daemon: boolean;
  /** False for `master_process off`. */
  readonly masterProcess: boolean;
}

const MAX_FILES = 2000;
const MAX_FILE_BYTES = 16_777_216;
/** The blocks in which sockets are configured. */
const CONTEXTS: ReadonlySet<string> = new Set(["http", "stream", "mail", "server"]);

/** The configuration as it stands on disk. Rejects with the errno of the main file; included files may be missing. */
export async function readConfiguration(file: string, build: NginxBuild): Promise<NginxConfiguration> {
  const text = await readFile(file, "utf8");
  const budget = { filesLeft: MAX_FILES };
  const directives = await withIncludes(parseDirectives(text), dirname(file), budget);
  return {
    file,
    pidFile: resolve(build.prefix, lastArgument(directives, "pid") ?? build.pidFile),
    listens: distinct(directives.flatMap((directive) => listensOf(directive))),
    daemon: lastArgument(directives, "daemon") !== "off",
    masterProcess: lastArgument(directives, "master_process") !== "off",
  };
}

/** What there is to go by when the configuration cannot be read. */
export function unreadConfiguration(file: string, build: NginxBuild): NginxConfiguration {
  return {
    file,
    pidFile: resolve(build.prefix, build.pidFile),
    listens: [],
    daemon: true,
    masterProcess: true,
  };
}

/** Puts the contents of included files in the place of `include`, where that can matter. */
async function withIncludes(
  directives: readonly Directive[],
  directory: string,
  budget: { filesLeft: number },
): Promise<readonly Directive[]> {
  const whole: Directive[] = [];
  for (const directive of directives) {
    const { name, args, block } = directive;
    if (block !== undefined) {
      const inner = CONTEXTS.has(name) ? await withIncludes(block, directory, budget) : [];
      whole.push({ name, args, block: inner });
    } else if (name === "include" && args[0] !== undefined) {
      for (const file of await includedFiles(args[0], directory)) {
        if (budget.filesLeft <= 0) break;
        budget.filesLeft -= 1;
        whole.push(...(await withIncludes(parseDirectives(await contentOf(file)), directory, budget)));
      }
    } else {
      whole.push(directive);
    }
  }
  return whole;
}

async function contentOf(file: string): Promise<string> {
  const known = await stat(file).catch(() => undefined);
  if (known === undefined || !known.isFile() || known.size > MAX_FILE_BYTES) return "";
  return readFile(file, "utf8").catch(() => "");
}

function listensOf({ name, block = [] }: Directive): readonly Listen[] {
  if (!CONTEXTS.has(name) || name === "server") return [];
  return block
    .filter((inner) => inner.name === "server" && inner.block !== undefined)
    .flatMap((server) => {
      const own = (server.block ?? []).filter((inner) => inner.name === "listen");
      // A web server that says nothing listens on 80, or on 8000 when nginx does not run as root.
      if (own.length === 0 && name === "http") return parseListen([process.getuid?.() === 0 ? "80" : "8000"]);
      return own.flatMap((listen) => parseListen(listen.args));
    });
}

function lastArgument(directives: readonly Directive[], name: string): string | undefined {
  return directives.findLast((directive) => directive.name === name)?.args[0];
}

function distinct(listens: readonly Listen[]): readonly Listen[] {
  return [...new Map(listens.map((listen) => [JSON.stringify(listen), listen])).values()];
}
