// Packets and questions of somebody who is not the cluster.
import { declareScenarios } from "./declare.js";
import { WIRE_SCENARIOS } from "./rows/wire.js";

declareScenarios("strangers", WIRE_SCENARIOS, ["plain", "fenced"]);
