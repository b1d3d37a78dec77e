/** The daemon as a library: its configuration front end, its control socket, its command line. @packageDocumentation */
export { runCommandLine } from "./cli.js";
export { composeCluster, type ComposeOptions } from "./compose.js";
export { run, type RunOptions, type RunParts } from "./commands/run.js";
export { loadConfig, type LoadedConfig, type LoadOptions, type LoggingChoice } from "./config/load-config.js";
export { thisMachine, type Machine } from "./config/machine.js";
export { PROBLEM_CODES, type ProblemCode } from "./config/problem-codes.js";
export type { Position, Problem } from "./config/problem.js";
export type { Answer, ClusterHandle, ClusterStatus, FrameCounters } from "./control/cluster-handle.js";
export { askDaemon, probeSocket } from "./control/control-client.js";
export { ControlServer } from "./control/control-server.js";
export { controlSocketPath, prepareRunDirectory } from "./control/run-directory.js";
export { StatusDocument, statusDocument, statusJsonSchema } from "./control/status-document.js";
export { EXIT_CODES, exitCodeOf } from "./exit-codes.js";
export { openLog, type OpenLog } from "./log/logger.js";
