/** The pure engine: `step(input) -> effects`. @packageDocumentation */
export * from "./engine.js";
export { DEFAULT_RULES as DEFAULT_FENCING_RULES } from "./fencing/fence-case.js";
export { LIMITS, PLACEMENT_LIMITS } from "./limits.js";
export { RECOVERY_DEFAULTS } from "./resources/recovery-defaults.js";
export { heartbeatMembership } from "./membership/heartbeat.js";
export { SeededRandom } from "./membership/random.js";
export { readSavedNodes, savedNodes, type SavedNode, type SavedNodes } from "./membership/saved-nodes.js";
export { ROWS as ISOLATION_ROWS } from "./resources/isolation/table.js";
export { StateMismatch } from "./whole-state.js";
export * from "./resources/placement/index.js";
export { claimsPolicy, haresourcesPolicy } from "./resources/policies.js";
