// Asks a type for its parameters when the configuration is judged, before there are services: it runs programs by itself.
import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { didYouMean } from "@systole/sdk";
import { commonEnvironment, externalScript, isExternal, type Programs } from "./command-line.js";
import { DESCRIBE_TIMEOUT_MS, MAX_DESCRIPTION_BYTES } from "./limits.js";
import { externalType, nativeType, words, type StonithType } from "./stonith-type.js";

export type Described =
  | { readonly ok: true; readonly type: StonithType }
  | { readonly ok: false; readonly unknown: boolean; readonly reason: string };

const GROUP_OR_OTHERS_WRITE = 0o022;
const EXECUTE = 0o111;

export async function describeType(programs: Programs, type: string): Promise<Described> {
  if (isExternal(type)) return describeExternal(programs, type);
  if (!(await isThere(programs.program))) return missing(programs.program);
  const { code, stdout } = await ask(programs, type, programs.program, ["-s", "-t", type, "-n"]);
  if (code === 0) return { ok: true, type: nativeType(stdout) };
  return { ok: false, unknown: true, reason: `${programs.program} has no type ${type}` };
}

async function describeExternal(programs: Programs, type: string): Promise<Described> {
  const script = externalScript(programs, type);
  if (!(await isThere(programs.externalDirectory))) return missing(programs.externalDirectory);
  const file = await stat(script).catch(() => undefined);
  if (file === undefined || !file.isFile() || (file.mode & EXECUTE) === 0)
    return { ok: false, unknown: true, reason: `there is no program ${script}` };
  if ((file.mode & GROUP_OR_OTHERS_WRITE) !== 0)
    return { ok: false, unknown: false, reason: `others than its owner may write ${script}: chmod go-w it` };
  const names = await ask(programs, type, script, ["getconfignames"]);
  const xml = await ask(programs, type, script, ["getinfo-xml"]);
  if (names.code === 0) return { ok: true, type: externalType(names.stdout, xml.stdout) };
  const reason = `${script} getconfignames does not say which parameters it has (${String(names.code)})`;
  return { ok: false, unknown: false, reason };
}

/** What was probably meant by a type that does not exist. */
export async function typesLike(programs: Programs, type: string): Promise<string> {
  const types = isExternal(type)
    ? (await readdir(programs.externalDirectory).catch(() => [])).map((file) => `external/${file}`)
    : words((await ask(programs, type, programs.program, ["-s", "-L"])).stdout);
  return didYouMean(type, types);
}

function missing(path: string): Described {
  return { ok: false, unknown: false, reason: `there is no ${path}: install the package cluster-glue` };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

interface Answer {
  /** The exit code, or why there is none. */
  readonly code: number | string;
  readonly stdout: string;
}

function ask(programs: Programs, type: string, command: string, args: readonly string[]): Promise<Answer> {
  const options = {
    env: { LANG: "C", ...commonEnvironment(programs, type) },
    timeout: DESCRIBE_TIMEOUT_MS,
    maxBuffer: MAX_DESCRIPTION_BYTES,
    cwd: "/",
  };
  return new Promise((resolve) => {
    execFile(command, [...args], options, (error, stdout) => {
      resolve({ code: error === null ? 0 : (error.code ?? error.signal ?? error.message), stdout });
    });
  });
}
