// `systole reap`: takes away the addresses that a dead daemon has left here. For systemd's ExecStopPost, and for people.
import type { Logger, Network } from "@systole/core/ports";
import { removeLeftovers, withNetwork } from "../addresses/leftovers.js";
import { probeSocket } from "../control/control-client.js";
import { controlSocketPath } from "../control/run-directory.js";
import { EXIT_CODES } from "../exit-codes.js";
import type { Terminal } from "./terminal.js";

export interface ReapOptions {
  readonly runDir: string;
}

/** What tests replace. */
export type WithNetwork = <Result>(
  log: Logger,
  use: (network: Network) => Promise<Result>,
) => Promise<Result>;

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** Resolves to the exit code. A daemon that lives looks after its own: nothing is removed then. */
export async function reap(
  { runDir }: ReapOptions,
  terminal: Terminal,
  network: WithNetwork = withNetwork,
): Promise<number> {
  const path = controlSocketPath(runDir);
  const found = await probeSocket(path);
  if (found.kind === "alive") {
    const who = found.pid === undefined ? "" : `, pid ${found.pid}`;
    terminal.err.write(
      `systole reap: a daemon lives at ${path}${who}; nothing is removed. \`systole stop\` ends it in order.\n`,
    );
    return EXIT_CODES.alreadyRunning;
  }
  const { removed, left } = await network(silent, removeLeftovers);
  for (const { address, prefixLength, interface: name } of removed)
    terminal.out.write(`removed ${address}/${prefixLength} from ${name}\n`);
  for (const { held, reason } of left)
    terminal.err.write(
      `systole reap: ${held.address}/${held.prefixLength} stays on ${held.interface}: ${reason}\n`,
    );
  return left.length === 0 ? EXIT_CODES.ok : EXIT_CODES.error;
}
