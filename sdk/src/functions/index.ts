/** Plugins as functions: `serve` one, or ask one from a plugin of the daemon. @packageDocumentation */
export { service, type Service } from "../hosting/provided-services.js";
export * from "./function-answer.js";
export { FunctionClient, type Asked, type FunctionClientInit, type WithoutTime } from "./function-client.js";
export {
  FUNCTION_PURPOSE,
  type AgentCall,
  type FenceCall,
  type FunctionCall,
  type NotifyCall,
} from "./function-call.js";
export { keyOfCluster, type FunctionEnv } from "./function-keys.js";
export { ATTEMPT_TIMEOUT_MS, CALL_WITHIN_MS, WORKING_SHARE } from "./limits.js";
export { serve, type RequestContext, type ServedFunction, type ServeOptions } from "./serve.js";
