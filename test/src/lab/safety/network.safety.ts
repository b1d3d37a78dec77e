// The nodes lose each other, without a power switch.
import { declareScenarios } from "./declare.js";
import { NETWORK_SCENARIOS } from "./rows/network.js";

declareScenarios("a network that fails", NETWORK_SCENARIOS, ["plain", "ping"]);
