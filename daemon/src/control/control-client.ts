// The other end of the control socket: asks one question and waits for the answer.
import { connect, type Socket } from "node:net";
import { SystoleError } from "@systole/core/ports";
import { EXIT_CODES } from "../exit-codes.js";
import { LineReader } from "./line-reader.js";
import { controlSocketPath, readerSocketPath } from "./run-directory.js";
import { ControlResponse, MAX_RESPONSE_BYTES, type ControlRequest } from "./protocol.js";

const PROBE_MS = 2000;

export interface AskOptions {
  /** How long the answer may take. */
  readonly timeoutMs: number;
  /** Wait for the daemon to close the connection after a good answer: it does so when it ends. */
  readonly untilClosed?: boolean;
}

function unreachable(path: string, error: Error): SystoleError {
  const code = "code" in error ? String(error.code) : "";
  if (code === "EACCES" || code === "EPERM") {
    const message = `this user may not speak to the daemon at ${path}; run the command as the daemon's user, mostly root`;
    const details = { exitCode: EXIT_CODES.insufficientPrivileges };
    return new SystoleError("CONTROL_UNREACHABLE", message, { cause: error, details });
  }
  const nobody = code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTDIR";
  const message = nobody
    ? `no daemon runs here: nobody answers at ${path}; start it with \`systole run\`, or name its directory with --run-dir`
    : `the daemon at ${path} cannot be reached: ${error.message}`;
  return new SystoleError("CONTROL_UNREACHABLE", message, { cause: error, retryable: nobody });
}

function parseResponse(line: string, path: string): ControlResponse {
  try {
    return ControlResponse.parse(JSON.parse(line));
  } catch (error) {
    const message = `what answers at ${path} is not a systole daemon of this version`;
    throw new SystoleError("CONTROL_REFUSED", message, { cause: error });
  }
}

/** Asks over one connection. Throws `CONTROL_UNREACHABLE` or `CONTROL_REFUSED`; a refusal by the daemon is an answer. */
export async function askDaemon(
  path: string,
  request: ControlRequest,
  options: AskOptions,
): Promise<ControlResponse> {
  const socket = connect(path);
  try {
    return await exchange(socket, path, request, options);
  } finally {
    socket.destroy();
  }
}

/**
 * Asks something that changes nothing: over the socket for root, and else over the one for those who may look. Throws as
 * `askDaemon` does.
 */
export async function askReading(
  runDirectory: string,
  request: ControlRequest,
  options: AskOptions,
): Promise<ControlResponse> {
  try {
    return await askDaemon(controlSocketPath(runDirectory), request, options);
  } catch (error) {
    const isRefused =
      error instanceof SystoleError && error.details["exitCode"] === EXIT_CODES.insufficientPrivileges;
    if (!isRefused) throw error;
    return await askDaemon(readerSocketPath(runDirectory), request, options).catch(() =>
      Promise.reject(error),
    );
  }
}

function exchange(
  socket: Socket,
  path: string,
  request: ControlRequest,
  options: AskOptions,
): Promise<ControlResponse> {
  return new Promise((resolve, reject) => {
    let response: ControlResponse | undefined;
    const timer = setTimeout(() => {
      const what = response === undefined ? "has not answered" : "has not ended";
      const message = `the daemon at ${path} ${what} within ${options.timeoutMs / 1000} s; what was asked may still happen`;
      reject(
        new SystoleError("CONTROL_UNREACHABLE", message, {
          retryable: true,
          details: { exitCode: EXIT_CODES.timeout },
        }),
      );
    }, options.timeoutMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    const lines = new LineReader(MAX_RESPONSE_BYTES, {
      line: (line) => {
        try {
          response = parseResponse(line, path);
        } catch (error) {
          settle(() => reject(error));
          return;
        }
        const answer = response;
        if (!answer.ok || options.untilClosed !== true) settle(() => resolve(answer));
      },
      tooLong: () => settle(() => reject(unreachable(path, new Error("its answer is too long")))),
    });
    socket.on("data", (bytes) => lines.push(bytes));
    socket.on("error", (error) => settle(() => reject(unreachable(path, error))));
    socket.on("close", () => {
      const answer = response;
      if (answer !== undefined) settle(() => resolve(answer));
      else settle(() => reject(unreachable(path, new Error("it closed the connection without an answer"))));
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

export type Probe =
  | { readonly kind: "absent" }
  | { readonly kind: "dead" }
  | { readonly kind: "alive"; readonly pid?: number };

/** Whether a daemon listens at `path`. One that accepts and says nothing counts as alive. */
export async function probeSocket(path: string): Promise<Probe> {
  try {
    const answer = await askDaemon(path, { command: "ping" }, { timeoutMs: PROBE_MS });
    return answer.ok ? { kind: "alive", pid: answer.pid } : { kind: "alive" };
  } catch (error) {
    const cause = error instanceof SystoleError ? error.cause : undefined;
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT") return { kind: "absent" };
    return { kind: code === "ECONNREFUSED" ? "dead" : "alive" };
  }
}
