// `systole status`: asks the daemon and prints what it says.
import { askReading } from "../control/control-client.js";
import { EXIT_CODES } from "../exit-codes.js";
import { formatStatus } from "./status-table.js";
import type { Terminal } from "./terminal.js";

export interface StatusOptions {
  readonly runDir: string;
  readonly json?: boolean;
}

const TIMEOUT_MS = 5000;

/** Returns the exit code. Throws `CONTROL_UNREACHABLE` when no daemon answers. */
export async function status(options: StatusOptions, terminal: Terminal): Promise<number> {
  const answer = await askReading(options.runDir, { command: "status" }, { timeoutMs: TIMEOUT_MS });
  if (!answer.ok || answer.status === undefined) {
    terminal.err.write(`systole status: ${answer.reason ?? "the daemon said nothing"}\n`);
    return EXIT_CODES.error;
  }
  const text =
    options.json === true
      ? `${JSON.stringify(answer.status, undefined, 2)}\n`
      : formatStatus(answer.status, terminal.out);
  terminal.out.write(text);
  return EXIT_CODES.ok;
}
