// The nodes lose each other, and nothing but the two of them can tell.
import { declareScenarios } from "./declare.js";
import { NETWORK_SCENARIOS } from "./rows/network.js";

declareScenarios("a network that fails", NETWORK_SCENARIOS, ["plain"]);
