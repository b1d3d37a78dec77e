// The entry point: one node that runs heartbeat 3.0.6.
export type { HeartbeatInit, SavedGeneration } from "./heartbeat-init.js";
export { createHeartbeat, type HeartbeatNode } from "./heartbeat-node.js";
export type { HeartbeatView } from "./view.js";
