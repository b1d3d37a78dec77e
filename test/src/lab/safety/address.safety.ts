// The address is deleted, or claimed by another machine.
import { declareScenarios } from "./declare.js";
import { ADDRESS_SCENARIOS } from "./rows/address.js";

declareScenarios("somebody meddles with the address", ADDRESS_SCENARIOS);
