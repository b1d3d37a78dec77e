// What a host on Node brings to a cluster: time, a place to keep state, programs, and what the machine tells of itself.
export { NodeClock } from "./node-clock.js";
export { NodeProcesses } from "./node-processes.js";
export { NodeSelf } from "./node-self.js";
export { FileStore } from "./node-store.js";
