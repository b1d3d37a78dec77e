// The daemon that holds the address is killed, stopped or busy: its guard takes the address away, or the kernel with its lease.
import { declareScenarios } from "./declare.js";
import { DAEMON_SCENARIOS } from "./rows/daemon.js";

declareScenarios("a daemon that does nothing any more", DAEMON_SCENARIOS, ["plain", "lease", "ping"]);
