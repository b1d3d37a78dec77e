// What the agent must know of an nginx configuration: where its pid file is and which sockets it opens.
// Read from the files and not from `nginx -T`, which opens those sockets for a moment and fails wherever one address of
// them is missing, as on the passive node; status and stop must work there, and also after an edit that broke the file.
import { createHash, type Hash } from "node:crypto";
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
  /** Changes with the contents of every file that nginx reads when it loads this. Empty when they cannot be read. */
  readonly digest: string;
}

/** Counts a file each time it is included, though it is read once. */
const MAX_FILES = 10_000;
const MAX_FILE_BYTES = 16_777_216;
/** The blocks in which sockets are configured. */
const CONTEXTS: ReadonlySet<string> = new Set(["http", "stream", "mail", "server"]);
/** Directives whose argument is a file that is read along with the configuration. */
const READS_FILE =
  /^(\w+_)?ssl_(certificate|certificate_key|client_certificate|trusted_certificate|dhparam|crl|password_file|session_ticket_key|stapling_file)$/;

/** One pass over the files: what may still be read, and what was. */
interface Reading {
  readonly directory: string;
  filesLeft: number;
  readonly texts: Map<string, string>;
  readonly hash: Hash;
}

/** The configuration as it stands on disk. Rejects with the errno of the main file; included files may be missing. */
export async function readConfiguration(file: string, build: NginxBuild): Promise<NginxConfiguration> {
  const text = await readFile(file, "utf8");
  const hash = createHash("sha256");
  const reading: Reading = { directory: dirname(file), filesLeft: MAX_FILES, texts: new Map(), hash };
  hash.update(text);
  const directives = await withIncludes(parseDirectives(text), reading);
  return {
    file,
    pidFile: resolve(build.prefix, lastArgument(directives, "pid") ?? build.pidFile),
    listens: distinct(directives.flatMap((directive) => listensOf(directive))),
    daemon: lastArgument(directives, "daemon") !== "off",
    masterProcess: lastArgument(directives, "master_process") !== "off",
    digest: hash.digest("base64url"),
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
    digest: "",
  };
}

/** Puts the contents of included files in the place of `include`, where that can matter; reads all of them. */
async function withIncludes(
  directives: readonly Directive[],
  reading: Reading,
): Promise<readonly Directive[]> {
  const whole: Directive[] = [];
  for (const directive of directives) {
    const { name, args, block } = directive;
    if (block !== undefined) {
      const inner = await withIncludes(block, reading);
      whole.push({ name, args, block: CONTEXTS.has(name) ? inner : [] });
    } else if (name === "include" && args[0] !== undefined) {
      for (const file of await includedFiles(args[0], reading.directory)) {
        whole.push(...(await withIncludes(parseDirectives(await contentOf(file, reading)), reading)));
      }
    } else {
      whole.push(directive);
      if (READS_FILE.test(name) && /^[^$:]+$/.test(args[0] ?? "")) {
        await contentOf(resolve(reading.directory, args[0] ?? ""), reading);
      }
    }
  }
  return whole;
}

/** Empty when it cannot be read, or too much was read before it. */
async function contentOf(file: string, reading: Reading): Promise<string> {
  if (reading.filesLeft <= 0) return "";
  reading.filesLeft -= 1;
  const before = reading.texts.get(file);
  if (before !== undefined) return before;
  const known = await stat(file).catch(() => undefined);
  const fits = known !== undefined && known.isFile() && known.size <= MAX_FILE_BYTES;
  const text = fits ? await readFile(file, "utf8").catch(() => "") : "";
  reading.hash.update(`\0${file}\0`).update(text);
  reading.texts.set(file, text);
  return text;
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
