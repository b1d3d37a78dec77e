// The daemon that holds the address is killed or stopped, and the other node may switch its machine off.
import { declareScenarios } from "./declare.js";
import { DAEMON_SCENARIOS } from "./rows/daemon.js";

declareScenarios("a daemon that does nothing any more, with a power switch", DAEMON_SCENARIOS, ["fenced"]);
