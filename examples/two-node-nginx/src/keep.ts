// `--keep`: the cluster stays up, the strip goes on, and the reader is told what to try.
import { CLUSTER_ADDRESS, monotonicMs, pause, type Lab } from "@systole/test/lab";
import type { Paint } from "./paint.js";
import type { Screen } from "./screen.js";
import { CELL_MS, cellsOf } from "./strip.js";

/** Returns when `signal` aborts. */
export async function playWithCluster(
  lab: Lab,
  screen: Screen,
  paint: Paint,
  signal: AbortSignal,
): Promise<void> {
  const enter = lab.writeEnterProgram();
  screen.line();
  screen.line("The cluster is up. From another terminal, as this user:");
  for (const [command, meaning] of hints(enter)) {
    screen.line(`  ${paint.word(`# ${meaning}`, "faint")}`);
    screen.line(`  ${command}`);
  }
  screen.line(`Ctrl-C here, or kill ${String(process.pid)}, ends it and removes everything.`);
  screen.line();
  while (!signal.aborted) {
    const toMs = monotonicMs();
    const fromMs = toMs - screen.stripWidth * CELL_MS;
    screen.redraw(
      `address: ${lab.holders.now().join(" and ") || "nobody"}`,
      cellsOf(lab.answers.since(fromMs), fromMs, toMs),
    );
    await pause(CELL_MS * 2, signal).catch(() => undefined);
  }
  screen.line();
}

function hints(enter: string): [command: string, meaning: string][] {
  return [
    [`${enter} master`, "a shell on master"],
    [`${enter} master systole status`, "who is alive, who holds what, and why"],
    [`${enter} master systole standby`, "hand everything to the other node"],
    [`${enter} master systole takeover`, "and take it back"],
    [`${enter} client curl http://${CLUSTER_ADDRESS}/`, "ask as the client does"],
    [`${enter} master iptables -I INPUT -p icmp -j DROP`, "the walk-through's last act"],
    [`${enter} master ip link set eth0 down`, "no network at all"],
  ];
}
