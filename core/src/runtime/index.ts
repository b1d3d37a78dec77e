export { blueprintOf, type Blueprint, type EngineLife } from "./blueprint.js";
export { checkCluster } from "./cluster-composition.js";
export { createCluster } from "./cluster.js";
export type { Cluster, ClusterEnd } from "./cluster-contract.js";
export type { ClusterHost, ClusterObserver } from "./cluster-host.js";
export {
  hostService,
  type Composition,
  type HostService,
  type PluginEntry,
  type RequiredPort,
} from "./composition.js";
export type { Answer } from "./driver.js";
export { EventLog } from "./event-log.js";
export type { DeviceReport, DeviceTest, FenceDesk, FencingOfNode, NodeTest } from "./fencing/fence-desk.js";
export type { FenceRecord } from "./fencing/fence-history.js";
export type { FenceStep } from "./fencing/fence-level.js";
export {
  FENCING_LIMITS,
  fencingBy,
  type FenceHook,
  type FenceLevel,
  type FencingConfig,
} from "./fencing/fencing-config.js";
export { Framing, type Carrier, type FramingInit, type Opened } from "./framing.js";
export type { Counters } from "./media.js";
export { messageCodec } from "./message-codec.js";
export * from "./model.js";
export type { OperationView } from "./operations.js";
export { inspectComposition } from "./plugin-checks.js";
export { isPlugin } from "./plugin-identity.js";
export { HOST_SDK_VERSION } from "./version-rule.js";
export { composePlugins, type ComposedPlugins } from "./plugin-host.js";
export type { PluginProblem } from "./plugin-problem.js";
export {
  DEFAULT_FENCING_RULES,
  readSavedNodes,
  savedNodes,
  type ClusterView,
  type SavedNode,
  type SavedNodes,
  contradictionsIn,
  type RulesPath,
} from "../engine/index.js";
