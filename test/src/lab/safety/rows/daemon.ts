// The daemon of the node that serves is killed, stopped, or busy with something else for longer than deadtime.
import { pause } from "../../index.js";
import { HOME, TAKEN_OVER } from "../promises.js";
import { BUSY_FILE } from "../rig-files.js";
import type { Promised, Row, Scenario } from "../row.js";
import type { SetUpId } from "../set-up.js";

const EVERYWHERE: readonly SetUpId[] = ["plain", "lease", "ping", "fenced", "heartbeat", "keepalived"];
const STOPPED_MS = 9000;
/** Several times deadtime: the other node has noticed. */
const NOTICED_MS = 5000;
const AWAKE_MS = 2000;

/** A daemon that does not run has no part in this: its guard and the kernel have, and a power switch. */
function whenStopped(setUp: SetUpId): Promised {
  return setUp === "fenced" ? TAKEN_OVER : HOME;
}

const killed: Row = {
  id: "kill-9",
  title: "kill -9 of the active daemon",
  perform: async ({ lab }) => {
    await lab.node("master").killHard();
    await pause(NOTICED_MS);
  },
  promised: () => TAKEN_OVER,
};

const stopped: Row = {
  id: "stop-cont",
  title: "SIGSTOP 9 s, then SIGCONT",
  perform: async ({ lab }) => {
    lab.node("master").freeze();
    await pause(STOPPED_MS);
    lab.node("master").thaw();
    await pause(AWAKE_MS);
  },
  promised: whenStopped,
};

const busy: Row = {
  id: "busy-loop",
  title: "busy loop in the daemon, 9 s",
  perform: async ({ lab }) => {
    lab.node("master").write([{ path: BUSY_FILE, text: `${String(STOPPED_MS)}\n` }]);
    await pause(STOPPED_MS + AWAKE_MS);
  },
  promised: whenStopped,
};

export const DAEMON_SCENARIOS: readonly Scenario[] = [
  { id: killed.id, rows: [killed], setUps: EVERYWHERE, tested: ["plain", "lease", "fenced"] },
  { id: stopped.id, rows: [stopped], setUps: EVERYWHERE, tested: ["plain", "lease", "ping", "fenced"] },
  // Nothing makes the C programs do that: SIGSTOP is what they have.
  { id: busy.id, rows: [busy], setUps: ["plain", "lease", "ping", "fenced"], tested: ["plain", "lease"] },
];
