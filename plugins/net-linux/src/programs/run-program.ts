// Runs the small network programs of Debian (ip, arping, ping), for hosts where koffi does not load.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { SystoleError } from "@systole/sdk";

const TIMEOUT_MS = 5000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

export interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** What the program said about a failure, in one line. */
  readonly complaint: string;
}

/** Daemons often have a PATH without sbin. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`,
    LC_ALL: "C",
  };
}

/** Resolves whatever the exit status is. Throws `NETWORK_UNSUPPORTED` when the program is not installed. */
export async function runProgram(
  command: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<ProgramResult> {
  return await new Promise((resolve, reject) => {
    const options = {
      env: programEnvironment(),
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL" as const,
      maxBuffer: MAX_OUTPUT_BYTES,
      ...(signal !== undefined && { signal }),
    };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      if (error !== null && "code" in error && (error.code as unknown) === "ENOENT") {
        reject(programMissing(command));
        return;
      }
      const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      const complaint = stderr
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .join("; ");
      resolve({
        exitCode,
        stdout,
        complaint: complaint === "" && error !== null ? error.message : complaint,
      });
    });
  });
}

/** Starts a program that runs on; its stdout is a pipe, the rest goes nowhere. The caller listens for `error`. */
export function startProgram(command: string, args: readonly string[]): ChildProcess {
  return spawn(command, [...args], { env: programEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
}

export function programMissing(command: string): SystoleError {
  return new SystoleError(
    "NETWORK_UNSUPPORTED",
    `the program ${command} is not installed; install iproute2, iputils-arping and iputils-ping, or the npm package koffi`,
    { details: { program: command } },
  );
}
