// The table of all doors: where bytes come in that somebody else has written, each with what it promises.
import { doors as core } from "@systole/core/doors";
import type { Door } from "./door.js";

export const DOORS: readonly Door[] = [...core];
