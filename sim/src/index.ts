/** Whole clusters in one thread on a virtual clock. @packageDocumentation */
export type { Observed } from "./chronicle.js";
export { SimulatedCluster, USERS } from "./cluster.js";
export type { AgentTrouble } from "./deeds.js";
export { designedPlan, type Design } from "./designed-plan.js";
export { frameOf, type Frame, type Origin } from "./frame.js";
export { SIM_LIMITS } from "./limits.js";
export { FAIR, type Weather } from "./network.js";
export type { SimNode } from "./node.js";
export type { Observer } from "./observer.js";
export * from "./plan.js";
export type { SwitchBehaviour } from "./power.js";
export { Random } from "./random.js";
export { SimulatedWitness, type WitnessTimings } from "./witness.js";
export { majorityOf, reachedOf } from "./quorums.js";
export { Outages, type GroupTimes, type Span } from "./checks/outages.js";
export type { Complaint } from "./checks/complaints.js";
export * from "./lives/index.js";
export { createHeartbeat, type HeartbeatInit } from "./heartbeat-node/index.js";
