export { checkCluster } from "./cluster-composition.js";
export { createCluster, type Cluster, type ClusterEnd } from "./cluster.js";
export type { ClusterHost, ClusterObserver } from "./cluster-host.js";
export {
  hostService,
  type Composition,
  type HostService,
  type PluginEntry,
  type RequiredPort,
} from "./composition.js";
export type { Answer } from "./driver.js";
export type { Counters } from "./media.js";
export { messageCodec } from "./message-codec.js";
export * from "./model.js";
export { inspectComposition } from "./plugin-checks.js";
export { isPlugin } from "./plugin-identity.js";
export { HOST_SDK_VERSION } from "./version-rule.js";
export { composePlugins, type ComposedPlugins } from "./plugin-host.js";
export type { PluginProblem } from "./plugin-problem.js";
export type { ClusterView } from "../engine/index.js";
