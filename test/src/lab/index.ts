// The lab's public face: hosts as network namespaces, a cluster on them, a client, and the walk-through's six acts.
export { labAbility, type LabAbility } from "./ability.js";
export { ACTS, act, activeNode, type Act, type ActId } from "./acts.js";
export { runAct, settled, situation, type ActOptions, type ActResult } from "./act-runner.js";
export { AnswerLog, longestGapMs, namesOf, type Attempt } from "./answers.js";
export {
  CLIENT,
  CLUSTER1,
  CLUSTER_ADDRESS,
  GATEWAY,
  MASTER,
  NODE_NAMES,
  nginxConf,
  nodeFiles,
  page,
  type NodeFiles,
  type NodeName,
  type Variant,
} from "./cluster-files.js";
export { HolderLog } from "./holders.js";
export { Host, type CommandResult } from "./host.js";
export { Lab, type LabOptions } from "./lab.js";
export { LabBroker } from "./lab-broker.js";
export type { LabNode } from "./node.js";
export type { HostProcess } from "./processes.js";
export { DIRECTORY_PREFIX, labParent, removeAbandoned, requireAbility } from "./premises.js";
export { LAUNCHER, OWN_DIRECTORIES, OWN_FILES, PROGRAMS, type Implementation } from "./programs.js";
export { HostView, type ViewFile } from "./view.js";
export { LabError, monotonicMs, pause, waitFor } from "./wait.js";
