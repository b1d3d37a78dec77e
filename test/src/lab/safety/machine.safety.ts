// The machine under the daemon fails, or its clock does.
import { declareScenarios } from "./declare.js";
import { MACHINE_SCENARIOS } from "./rows/machine.js";

declareScenarios(
  "a machine that fails",
  MACHINE_SCENARIOS.filter(({ alone }) => alone !== true),
);
