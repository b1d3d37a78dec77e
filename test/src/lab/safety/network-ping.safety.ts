// The nodes lose each other, and there is a ping node or a witness to ask: who does not reach it, or is denied, lets go.
import { declareScenarios } from "./declare.js";
import { NETWORK_SCENARIOS } from "./rows/network.js";

declareScenarios("a network that fails, with somebody to ask", NETWORK_SCENARIOS, ["ping", "witness"]);
