// Keeps all processors busy: nothing else is tested meanwhile.
import { declareScenarios } from "./declare.js";
import { MACHINE_SCENARIOS } from "./rows/machine.js";

declareScenarios(
  "a machine that is busy",
  MACHINE_SCENARIOS.filter(({ alone }) => alone === true),
);
