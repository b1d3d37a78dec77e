// `systole plugin new`: a whole package of a new plugin, which builds and keeps its contract as it is.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { SystoleError } from "@systole/core/ports";
import { EXIT_CODES } from "../../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { fillTemplate, packageName } from "./fill-template.js";
import { PLUGIN_KINDS } from "./plugin-kinds.js";

export interface NewPluginOptions {
  /** Where the package is written; absent: a directory of the package's name. */
  readonly directory?: string;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_NAME_CHARACTERS = 40;

/** Returns the exit code. Throws `CONFIG_INVALID`, with nothing written, for a bad name or a directory that is there. */
export function newPlugin(port: string, name: string, options: NewPluginOptions, terminal: Terminal): number {
  const kind = PLUGIN_KINDS.find((candidate) => candidate.port === port);
  if (kind === undefined)
    throw refusal(
      `there is no kind "${port}"; write one of: ${PLUGIN_KINDS.map(({ port }) => port).join(", ")}`,
    );
  if (!NAME.test(name) || name.length > MAX_NAME_CHARACTERS)
    throw refusal(
      `"${name}" is no name; write lower-case words joined by "-", at most ${MAX_NAME_CHARACTERS} letters, e.g. queue-depth`,
    );
  const directory = resolve(options.directory ?? packageName(kind, name));
  if (existsSync(directory))
    throw refusal(`${directory} exists and is left alone; name another one with --directory`);
  const files = fillTemplate(kind, name);
  for (const { path, text } of files) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text, { flag: "wx" });
  }
  const shown = relative(process.cwd(), directory);
  terminal.out.write(
    `Wrote ${files.length} files to ${directory}.\nNext: cd ${shown === "" ? "." : shown} && npm install && npm test\n`,
  );
  return EXIT_CODES.ok;
}

function refusal(message: string): SystoleError {
  return new SystoleError("CONFIG_INVALID", message, { details: { exitCode: EXIT_CODES.usage } });
}
