// The nodes lose each other, and there is a ping node to ask: who does not reach it lets go.
import { declareScenarios } from "./declare.js";
import { NETWORK_SCENARIOS } from "./rows/network.js";

declareScenarios("a network that fails, with a ping node", NETWORK_SCENARIOS, ["ping"]);
