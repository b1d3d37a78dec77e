// The node that may have to be fenced is there, and the switch is not.
import { declareScenarios } from "./declare.js";
import { FENCE_SCENARIOS } from "./rows/fence.js";

declareScenarios("a fence device that is no help", FENCE_SCENARIOS);
