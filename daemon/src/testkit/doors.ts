/** Where foreign bytes come into the daemon, for the fuzzer. @packageDocumentation */
import { configDoors } from "./config-doors.js";
import { controlDoors } from "./control-doors.js";
import { wireDoors } from "./wire-doors.js";

export const doors = [...configDoors, ...controlDoors, ...wireDoors];
