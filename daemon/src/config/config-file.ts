// One of the configuration's files: its path, its text, and the problems that were found in it.
import { join } from "node:path";
import { Problems, WHOLE_FILE, type Problem } from "./problem.js";
import { readConfigFile, type FileText } from "./read-file.js";

const FILE_ADVICE = {
  "ha.cf":
    "copy it from the other node and adapt its `ucast` line, name the directory with --ha-dir, or write systole.yaml with `systole init`",
  authkeys:
    "copy it from the other node, or write `auth 1` and `1 sha1 A-LONG-RANDOM-KEY`, and run `chmod 600` on it",
  "systole.yaml": "make it a readable file, or delete it: it may be absent",
  haresources: "copy it from the other node, or write a line such as `NODE 192.0.2.10/24/eth0 nginx`",
} as const;

export type FileName = keyof typeof FILE_ADVICE;

/** Its text is "" when it cannot be read. */
export class ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly file: FileText;
  private readonly found: Problem[] = [];

  constructor(directory: string, name: FileName, isOptional = false) {
    this.path = join(directory, name);
    this.file = readConfigFile(this.path);
    this.text = this.file.ok ? this.file.text : "";
    if (this.file.ok || (this.file.missing && isOptional)) return;
    const problems = new Problems(this.path);
    const code = this.file.missing ? "file.missing" : "file.unreadable";
    problems.error(WHOLE_FILE, code, `${name} cannot be read: ${this.file.reason}; ${FILE_ADVICE[name]}`);
    this.add(problems.found);
  }

  get isThere(): boolean {
    return this.file.ok || !this.file.missing;
  }

  add(problems: readonly Problem[]): void {
    this.found.push(...problems);
  }

  /** Runs a check that reports into this file; skipped when there is nothing to check. */
  check<Value>(run: (problems: Problems) => Value): Value | undefined {
    if (!this.file.ok) return undefined;
    const problems = new Problems(this.path);
    const value = run(problems);
    this.add(problems.found);
    return value;
  }

  problems(): Problem[] {
    return this.found.toSorted((one, other) => one.line - other.line || one.column - other.column);
  }
}
