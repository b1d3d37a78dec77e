/** Whole clusters in one thread on a virtual clock. @packageDocumentation */
export * from "./heartbeat-node/index.js";
