// The daemon that holds the address is killed, stopped or busy. A ping node changes nothing there: the table has it, too.
import { declareScenarios } from "./declare.js";
import { DAEMON_SCENARIOS } from "./rows/daemon.js";

declareScenarios("a daemon that does nothing any more", DAEMON_SCENARIOS, ["plain", "fenced"]);
