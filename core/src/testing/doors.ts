/** Where foreign bytes come into the core, for the fuzzer: each door says what it promises, and throws when that is broken. @packageDocumentation */
import { codecDoors } from "./codec-doors.js";
import { engineDoor } from "./engine-door.js";
import { savedStateDoors } from "./saved-state-doors.js";
import { callDoors } from "./call-doors.js";

export const doors = [...codecDoors, engineDoor, ...savedStateDoors, ...callDoors];
