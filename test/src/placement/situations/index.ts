// All situations, by theme, in the order of the tables of docs/placement.md.
import type { Situation } from "../situation.js";
import { APART, TOGETHER } from "./bonds.js";
import { CLONES, PROMOTABLE } from "./clones.js";
import { FAILURES, STANDBY } from "./failures.js";
import { LOCATION, STICKINESS } from "./location.js";
import { ORDER } from "./order.js";
import { FENCING, QUORUM } from "./partitions.js";

export interface Theme {
  readonly title: string;
  readonly situations: readonly Situation[];
}

export const THEMES: readonly Theme[] = [
  { title: "Location", situations: LOCATION },
  { title: "Stickiness and failback", situations: STICKINESS },
  { title: "Failures", situations: FAILURES },
  { title: "Standby and maintenance", situations: STANDBY },
  { title: "Together", situations: TOGETHER },
  { title: "Apart", situations: APART },
  { title: "Start order", situations: ORDER },
  { title: "Clones", situations: CLONES },
  { title: "Promotable groups", situations: PROMOTABLE },
  { title: "Fencing", situations: FENCING },
  { title: "Quorum", situations: QUORUM },
];
