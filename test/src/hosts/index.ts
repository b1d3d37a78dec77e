/** Hosts for functions, for examples and tests: the loop of a Lambda runtime, and workerd. @packageDocumentation */
export { bundle, type BundleInit } from "./bundle.js";
export type { FunctionHost } from "./host.js";
export { startLambda, type LambdaHost, type LambdaInit } from "./lambda-loop.js";
export { startWorkerd, workerdMissing, type WorkerdHost, type WorkerdInit } from "./workerd.js";
