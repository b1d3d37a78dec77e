/** A witness as one function: `fetch(Request) → Response`, with its leases behind a port. Nothing of Node is needed. @packageDocumentation */
export { clusterKey, isClusterName, keysFrom } from "./cluster-key.js";
export { decide, type Decision, type Moment } from "./decide.js";
export type { LeaseRecord } from "./lease-record.js";
export { processClock, wallClock, type LeaseClock } from "./lease-clock.js";
export { LeasesInMemory, type LeaseStore, type StoredLease } from "./lease-store.js";
export { parseAnswer, parseQuestion, PURPOSE, type Answer, type Question } from "./question.js";
export type { WitnessEvent } from "./settle.js";
export { witness, type WitnessInit } from "./witness.js";
