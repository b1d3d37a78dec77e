// The nodes lose each other, and one of them may switch the other off.
import { declareScenarios } from "./declare.js";
import { NETWORK_SCENARIOS } from "./rows/network.js";

declareScenarios("a network that fails, with a power switch", NETWORK_SCENARIOS, ["fenced"]);
