// Every class that is done to simulated clusters, and those that are done in the lab alone, with the reason.
import { FAILURES } from "./failures.js";
import { OPERATORS } from "./operators.js";
import { PARTITIONS } from "./partitions.js";
import type { SimClass } from "./sim-class.js";
import { STARTS } from "./starts.js";

export const SIM_CLASSES: readonly SimClass[] = [...STARTS, ...FAILURES, ...PARTITIONS, ...OPERATORS];

export const LAB_ALONE: ReadonlyMap<string, string> = new Map([["Logging", "simulated nodes write no log"]]);
