// The daemon that holds the address is killed, stopped or busy, and the kernel holds it by a lease, or without one.
import { declareScenarios } from "./declare.js";
import { DAEMON_SCENARIOS } from "./rows/daemon.js";

declareScenarios("a daemon that does nothing any more", DAEMON_SCENARIOS, ["plain", "lease"]);
