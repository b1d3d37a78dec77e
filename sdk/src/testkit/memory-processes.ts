// Programs in memory: what a program does is a function that the test writes, so every outcome can be played.
import {
  SystoleError,
  type Clock,
  type Processes,
  type ProcessRequest,
  type ProcessResult,
} from "@systole/core/ports";

/** What a program leaves behind. Absent: exit code 0 and no output. */
export type ProgramOutcome = Partial<Pick<ProcessResult, "exitCode" | "signal" | "stdout" | "stderr">>;

/** A program. One that never resolves hangs, until its time-out or the caller ends it; `ended` aborts then. */
export type Program = (
  request: ProcessRequest,
  ended: AbortSignal,
) => ProgramOutcome | Promise<ProgramOutcome>;

/** Runs functions instead of programs. Time-outs are measured on the clock that it is given. */
export class MemoryProcesses implements Processes {
  /** What was run, in order. */
  readonly requests: ProcessRequest[] = [];
  readonly #programs = new Map<string, Program>();
  readonly #clock: Clock;
  #running = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Programs that have not ended: none should be left when everything is stopped. */
  get running(): number {
    return this.#running;
  }

  /** Makes `command` a program. Any other command throws `PROCESS_SPAWN_FAILED`, as one that is not installed. */
  install(command: string, program: Program): this {
    this.#programs.set(command, program);
    return this;
  }

  async run(request: ProcessRequest, signal: AbortSignal): Promise<ProcessResult> {
    const beganMs = this.#clock.nowMs();
    const result = (outcome: ProgramOutcome, timedOut: boolean): ProcessResult => ({
      exitCode: timedOut || outcome.signal !== undefined ? null : 0,
      signal: timedOut ? "SIGTERM" : null,
      stdout: "",
      stderr: "",
      ...outcome,
      timedOut,
      elapsedMs: this.#clock.nowMs() - beganMs,
    });
    if (signal.aborted) return result({ signal: null }, true);
    const program = this.#programs.get(request.command);
    if (program === undefined)
      throw new SystoleError("PROCESS_SPAWN_FAILED", `cannot start ${request.command}: no such program`);
    this.requests.push(request);
    this.#running += 1;
    try {
      return await this.#within(request, signal, program, result);
    } finally {
      this.#running -= 1;
    }
  }

  async #within(
    request: ProcessRequest,
    signal: AbortSignal,
    program: Program,
    result: (outcome: ProgramOutcome, timedOut: boolean) => ProcessResult,
  ): Promise<ProcessResult> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const overdue = new Promise<ProcessResult>((resolve) => {
      ending.signal.addEventListener("abort", () => resolve(result({}, true)), { once: true });
    });
    signal.addEventListener("abort", end, { once: true });
    const cancel = this.#clock.wakeAt(this.#clock.nowMs() + request.timeoutMs, end);
    try {
      const ended = Promise.resolve(program(request, ending.signal)).then((outcome) =>
        result(outcome, false),
      );
      return await Promise.race([ended, overdue]);
    } finally {
      cancel();
      signal.removeEventListener("abort", end);
    }
  }
}
