// Packets of somebody who is not the cluster, whose frames are sealed.
import { declareScenarios } from "./declare.js";
import { WIRE_SCENARIOS } from "./rows/wire.js";

declareScenarios("strangers and sealed frames", WIRE_SCENARIOS, ["sealed"]);
