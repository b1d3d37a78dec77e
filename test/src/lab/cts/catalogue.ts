// Every class of heartbeat's and of Pacemaker's test suites by name, and what becomes of each here.
import { FAILURE_CLASSES, FENCED_FAILURE_CLASSES } from "./classes/failures.js";
import { MEASURE_CLASSES } from "./classes/measures.js";
import { KEY_CLASSES, OPERATOR_CLASSES } from "./classes/operators.js";
import { FENCED_PARTITION_CLASSES, PARTITION_CLASSES } from "./classes/partitions.js";
import { START_CLASSES } from "./classes/starts.js";
import type { AbsentClass, DoneClass } from "./cts-class.js";

/** As the package heartbeat 3.0.6 has them in cts/CTStests.py, without the word Test. */
export const HEARTBEATS: readonly string[] =
  "Stop Start Flip Restart Stonith Stonithd IPaddr StartOnebyOne SimulStart SimulStop StopOnebyOne RestartOnebyOne PartialStart Standby Standby2 Fastdetection Bandwidth RedundantPath DRBD Split_brain ResourceRecover ComponentFail Split_brain2 Memory ElectionMemory SpecialTest1 NearQuorumPoint BSC_AddResource SimulStopLite SimulStartLite Logging".split(
    " ",
  );

/** Those that Pacemaker's cts-lab runs, in its order. */
export const PACEMAKERS: readonly string[] =
  "Cibsecret Flip Restart Stonithd StartOnebyOne SimulStart SimulStop StopOnebyOne RestartOnebyOne PartialStart Standby MaintenanceMode ResourceRecover ComponentFail SplitBrain Reattach ResyncCIB NearQuorumPoint RemoteBasic RemoteStonithd RemoteMigrate RemoteRscFailure".split(
    " ",
  );

/** On the cluster without a power switch: it would switch on what a class has stopped, and a class of its own changes keys. */
export const PLAIN_CLASSES: readonly DoneClass[] = [
  ...START_CLASSES,
  ...FAILURE_CLASSES,
  ...PARTITION_CLASSES,
  ...KEY_CLASSES,
];

export const FENCED_CLASSES: readonly DoneClass[] = [
  ...FENCED_FAILURE_CLASSES,
  ...FENCED_PARTITION_CLASSES,
  ...MEASURE_CLASSES,
  ...OPERATOR_CLASSES,
];

const NO_REMOTE =
  "there are no remote nodes: a machine that runs resources without a full member of the cluster on it does not exist";

export const ABSENT_CLASSES: readonly AbsentClass[] = [
  {
    name: "DRBD",
    source: "heartbeat",
    why: "it tests that a replicated disk has one primary; replication of disks is not Systole's, and whoever uses it does so through an OCF agent, of which `fencing` is the safety",
  },
  {
    name: "MaintenanceMode",
    source: "Pacemaker",
    why: "there is no maintenance mode: a daemon that runs looks after what it has",
  },
  {
    name: "Reattach",
    source: "Pacemaker",
    why: "a daemon does not leave its resources running: `systole stop` gives them to another node first, and one that starts stops what a former life has left, so that nothing runs twice",
  },
  { name: "RemoteBasic", source: "Pacemaker", why: NO_REMOTE },
  { name: "RemoteStonithd", source: "Pacemaker", why: NO_REMOTE },
  { name: "RemoteMigrate", source: "Pacemaker", why: NO_REMOTE },
  { name: "RemoteRscFailure", source: "Pacemaker", why: NO_REMOTE },
];
