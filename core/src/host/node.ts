// What a host on Node brings to a cluster: time, a place to keep state, and programs.
export { NodeClock } from "./node-clock.js";
export { NodeProcesses } from "./node-processes.js";
export { FileStore } from "./node-store.js";
