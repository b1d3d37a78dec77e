// Which scripts a directory has, and what each says of itself in the header that LSB asks for.
import { open, readdir } from "node:fs/promises";
import type { AgentCatalogue, AgentLookup } from "@systole/sdk";
import { locateScript } from "./locate-script.js";

/** A header is in the first lines; scripts that have none are not read further. */
const HEADER_BYTES = 16_384;
const MAX_TITLE_CHARACTERS = 200;

export class ScriptCatalogue implements AgentCatalogue {
  readonly #kind: "heartbeat" | "lsb";
  readonly #directory: string;

  constructor(kind: "heartbeat" | "lsb", directory: string) {
    this.#kind = kind;
    this.#directory = directory;
  }

  async list(_signal: AbortSignal): Promise<readonly string[]> {
    const names: string[] = [];
    for (const name of (await readdir(this.#directory).catch(() => [])).toSorted()) {
      if (!name.startsWith(".") && (await locateScript(this.#directory, name)).found)
        names.push(`${this.#kind}:${name}`);
    }
    return names;
  }

  async describe(args: readonly string[], _signal: AbortSignal): Promise<AgentLookup> {
    const script = await locateScript(this.#directory, args[0]);
    if (!script.found) return { ok: false, reason: script.problem };
    let head: string;
    try {
      head = await beginningOf(script.path);
    } catch (cause) {
      return { ok: false, reason: `cannot read ${script.path}: ${String(cause)}` };
    }
    const title = headerValue(head, "Short-Description") ?? headerValue(head, "Description") ?? "";
    const text = `${script.path}; takes its arguments in order, before the action`;
    const actions = ["start", "stop", "status"].map((name) => ({ name }));
    return { ok: true, description: { title, text, parameters: [], actions } };
  }
}

/** `# Short-Description: …`, as the LSB defines it. */
export function headerValue(script: string, key: string): string | undefined {
  const begin = script.indexOf("### BEGIN INIT INFO");
  const end = script.indexOf("### END INIT INFO", begin);
  if (begin < 0 || end < 0) return undefined;
  const lines = script.slice(begin, end).split("\n");
  const line = lines.find((one) => one.startsWith(`# ${key}:`));
  return (
    line
      ?.slice(key.length + 3)
      .trim()
      .slice(0, MAX_TITLE_CHARACTERS) || undefined
  );
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
