/** What the author of a plugin tests with: contracts as data for any test runner, and fakes of the host. @packageDocumentation */
export * from "./authenticator-contract.js";
export * from "./contract.js";
export * from "./contracts.js";
export * from "./expectations.js";
export * from "./memory-echoes.js";
export * from "./memory-network.js";
export * from "./memory-store.js";
export * from "./memory-transport.js";
export * from "./plugin-subjects.js";
export * from "./recording-logger.js";
export * from "./resource-agent-contract.js";
export * from "./store-contract.js";
export * from "./transport-contract.js";
export * from "./virtual-clock.js";
