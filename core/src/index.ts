/** What a cluster is: the model, and the runtime that drives it. @packageDocumentation */
export * from "./runtime/index.js";
