// Running programs, so that agents and fence devices neither fork nor clean up by themselves.
import { token, type Token } from "./token.js";

export interface ProcessRequest {
  /** Absolute path, or a name looked up in PATH. No shell is involved. */
  readonly command: string;
  readonly args: readonly string[];
  /** Added to a minimal environment (PATH, LANG, HOME). */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What the program reads from its standard input: the place for a secret, which nobody sees there. */
  readonly input?: string;
  /** After this the whole process group gets SIGTERM, and SIGKILL `killGraceMs` later. */
  readonly timeoutMs: number;
  /** Default 1000. */
  readonly killGraceMs?: number;
  /** Bytes kept of each of stdout and stderr; the rest is read and dropped. Default 65536. */
  readonly maxOutputBytes?: number;
}

export interface ProcessResult {
  /** Exit code, or null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True when `timeoutMs` passed or the caller aborted: the outcome is unknown, not failed. */
  readonly timedOut: boolean;
  readonly elapsedMs: number;
}

/**
 * Runs programs for agents and fence devices. Each runs in a process group of its own, with stdin from /dev/null unless
 * there is `input`; a program may end without having read it. A
 * program that leaves a daemon behind, with the output still open, counts as ended when it exits. A program that
 * cannot be started throws `PROCESS_SPAWN_FAILED`; every other outcome is a result.
 */
export interface Processes {
  run(request: ProcessRequest, signal: AbortSignal): Promise<ProcessResult>;
}

export const Processes: Token<Processes> = token<Processes>("processes", 1);
