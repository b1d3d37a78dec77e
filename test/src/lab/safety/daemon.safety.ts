import { declareScenarios } from "./declare.js";
import { DAEMON_SCENARIOS } from "./rows/daemon.js";

declareScenarios("a daemon that cannot act", DAEMON_SCENARIOS);
