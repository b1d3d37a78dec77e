export * from "./resource-agent-contract.js";
