// The daemon of the node that serves is killed, stopped, or busy with something else for longer than deadtime.
import { pause } from "../../index.js";
import { BOTH, SETTLED, TAKEN_OVER } from "../promises.js";
import { BUSY_FILE } from "../rig-files.js";
import type { Row, Scenario } from "../row.js";

const STOPPED_MS = 9000;
/** Several times deadtime: the other node has noticed. */
const NOTICED_MS = 5000;
const AWAKE_MS = 2000;

const killed: Row = {
  id: "kill-9",
  title: "kill -9 of the active daemon",
  perform: async ({ lab }) => {
    await lab.node("master").killHard();
    await pause(NOTICED_MS);
  },
  promised: (setUp) => (setUp === "fenced" ? TAKEN_OVER : BOTH),
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
  promised: (setUp) => (setUp === "fenced" ? TAKEN_OVER : { ...SETTLED, twoOwnersMs: 2 * STOPPED_MS }),
};

const busy: Row = {
  id: "busy-loop",
  title: "busy loop in the daemon, 9 s",
  perform: async ({ lab }) => {
    lab.node("master").write([{ path: BUSY_FILE, text: `${String(STOPPED_MS)}\n` }]);
    await pause(STOPPED_MS + AWAKE_MS);
  },
  promised: stopped.promised,
};

export const DAEMON_SCENARIOS: readonly Scenario[] = [
  { id: killed.id, rows: [killed], setUps: ["plain", "ping", "fenced", "heartbeat", "keepalived"] },
  { id: stopped.id, rows: [stopped], setUps: ["plain", "ping", "fenced", "heartbeat", "keepalived"] },
  // Nothing makes the C programs do that: SIGSTOP is what they have.
  { id: busy.id, rows: [busy], setUps: ["plain", "ping", "fenced"] },
];
