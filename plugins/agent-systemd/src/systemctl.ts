// The questions and orders that are put to systemd through its own program, and its answers as data.
import {
  endingOf,
  quotedWords,
  runAgentProgram,
  type FailedOperation,
  type Processes,
  type ProgramRun,
} from "@systole/sdk";

/** What `systemctl show` says of a unit: the values that are looked at here. */
export interface UnitState {
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`. */
  readonly load: string;
  /** `active`, `reloading`, `inactive`, `failed`, `activating`, `deactivating`, `maintenance`, `refreshing`. */
  readonly active: string;
  /** Depends on the type of the unit: `running`, `exited`, `dead`, `auto-restart` … */
  readonly sub: string;
  /** Why a service ended: `success`, `exit-code`, `signal`, `timeout`, `oom-kill`, `start-limit-hit` … */
  readonly result: string;
  /** `enabled`, `disabled`, `static` … */
  readonly file: string;
  readonly description: string;
  readonly path: string;
  readonly loadError: string;
}

const PROPERTIES = {
  load: "LoadState",
  active: "ActiveState",
  sub: "SubState",
  result: "Result",
  file: "UnitFileState",
  description: "Description",
  path: "FragmentPath",
  loadError: "LoadError",
} as const satisfies Record<keyof UnitState, string>;

export type Answered<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly answer: FailedOperation };

/** What systemctl says where there is no systemd to speak to. */
const NO_SYSTEMD =
  /not been booted with systemd|Failed to connect to (system scope )?bus|Failed to connect to system/;

export class Systemctl {
  readonly #program: string;
  readonly #processes: Processes;

  constructor(program: string, processes: Processes) {
    this.#program = program;
    this.#processes = processes;
  }

  async show(unit: string, signal: AbortSignal): Promise<Answered<UnitState>> {
    const names = Object.values(PROPERTIES).join(",");
    const shown = await this.#ask(["show", `--property=${names}`, "--", unit], signal);
    return shown.ok ? { ok: true, value: parseShow(shown.value) } : shown;
  }

  /** Names of all services that have a unit file, templates left out. */
  async services(signal: AbortSignal): Promise<Answered<readonly string[]>> {
    const listed = await this.#ask(["list-unit-files", "--type=service", "--no-legend", "--plain"], signal);
    if (!listed.ok) return listed;
    const names = listed.value.split("\n").map((line) => line.split(/\s+/)[0] ?? "");
    return { ok: true, value: names.filter((name) => name.endsWith(".service") && !name.includes("@.")) };
  }

  /** Resolves when systemd's job has ended; `ran` says how, and only `show` says what became of the unit. */
  order(verb: "start" | "stop" | "reset-failed", unit: string, signal: AbortSignal): Promise<ProgramRun> {
    return this.#run([verb, "--", unit], signal);
  }

  /** Asks for a stop without waiting for it: a start that was given up must not come to life later. */
  withdraw(unit: string, signal: AbortSignal): Promise<ProgramRun> {
    return this.#run(["stop", "--no-block", "--", unit], signal);
  }

  async #ask(args: readonly string[], signal: AbortSignal): Promise<Answered<string>> {
    const run = await this.#run(args, signal);
    if (!run.ran) return { ok: false, answer: run.answer };
    if (run.result.exitCode === 0) return { ok: true, value: run.result.stdout };
    const words = quotedWords(run.result);
    const kind = NO_SYSTEMD.test(words) ? "not-here" : "error";
    return {
      ok: false,
      answer: { ok: false, kind, reason: `systemctl ${args[0]} ${endingOf(run.result)}${words}` },
    };
  }

  #run(args: readonly string[], signal: AbortSignal): Promise<ProgramRun> {
    const [verb = "", ...others] = args;
    return runAgentProgram(
      this.#processes,
      {
        command: this.#program,
        args: [verb, "--no-pager", "--no-ask-password", ...others],
        env: { LC_ALL: "C", SYSTEMD_COLORS: "0" },
        maxOutputBytes: 1_048_576,
      },
      signal,
    );
  }
}

/** `Key=Value` lines; a property that is missing is "". */
export function parseShow(text: string): UnitState {
  const values = new Map(
    text.split("\n").map((line) => {
      const split = line.indexOf("=");
      return [line.slice(0, split), line.slice(split + 1)] as const;
    }),
  );
  const entries = Object.entries(PROPERTIES).map(([key, property]) => [key, values.get(property) ?? ""]);
  return Object.fromEntries(entries) as Record<keyof UnitState, string>;
}
