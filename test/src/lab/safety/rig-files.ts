// Where the rig plugin and the test leave word for each other, as paths on the node.

/** Holds milliseconds: for so long the daemon's event loop is busy. */
export const BUSY_FILE = "/var/log/rig-busy";
/** Holds a SwitchMode. */
export const MODE_FILE = "/var/log/rig-switch-mode";
/** What the switch was asked to do, `ID ACTION NODE` a line. */
export const REQUEST_FILE = "/var/log/rig-switch-requests";
/** The same lines, when it is done. */
export const DONE_FILE = "/var/log/rig-switch-done";
/** The machines without power, one a line. */
export const OFF_FILE = "/var/log/rig-switch-off";

export type SwitchMode = "obeys" | "fails" | "hangs" | "lies";
