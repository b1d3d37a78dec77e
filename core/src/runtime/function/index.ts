/** A node that lives in a function, for the hosts. */
export { createFunctionNode, type FunctionNode, type FunctionNodeInit } from "./function-node.js";
export { FUNCTION_LIMITS } from "./limits.js";
export { MemoryCell, type HeldState, type StateCell } from "./state-cell.js";
