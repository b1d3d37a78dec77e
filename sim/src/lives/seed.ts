// A seed is a life: the scene, what befalls it, and every chance on the way.
import type { Authenticator } from "@systole/core/ports";
import { Random } from "../random.js";
import type { LifeInit } from "./life.js";
import { bearable, mixedScene } from "./mixed.js";
import { randomScene } from "./scene.js";
import { randomSchedule } from "./schedule.js";
import { madeSpecial } from "./special.js";

/** One life in so many is looked at for as long as it may take. */
const WHOLE_PEACE_EVERY = 10;

/** One life of two nodes in so many is a mixed one. */
const MIXED_EVERY = 8;
/** Whether it is one is drawn aside: the lives of all other seeds do not depend on it. */
const ASIDE = 0x2008;
/** One life in so many of the others is special. */
const SPECIAL_EVERY = 4;
/** So is what is special about it. */
const ASIDE_SPECIAL = 0x5bec1a1;

/** `mixed`: in any case a life of a Systole and a heartbeat. */
export function lifeOfSeed(seed: number, authenticator: Authenticator, mixed = false): LifeInit {
  const random = new Random(seed);
  const aside = new Random(seed ^ ASIDE);
  const drawn = mixed ? randomScene(random, 2) : randomScene(random);
  const isMixed = mixed || (drawn.nodes.length === 2 && aside.chance(1 / MIXED_EVERY));
  const scene = isMixed ? mixedScene(drawn, aside) : drawn;
  const schedule = bearable(randomSchedule(random, scene), scene);
  const wholePeace = seed % WHOLE_PEACE_EVERY === 0;
  const life = { scene, schedule, seed: random.seed(), authenticator, wholePeace };
  const special = new Random(seed ^ ASIDE_SPECIAL);
  return isMixed || !special.chance(1 / SPECIAL_EVERY) ? life : madeSpecial(life, special);
}
