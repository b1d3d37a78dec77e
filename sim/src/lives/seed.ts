// A seed is a life: the scene, what befalls it, and every chance on the way.
import type { Authenticator } from "@systole/core/ports";
import { Random } from "../random.js";
import type { LifeInit } from "./life.js";
import { randomScene } from "./scene.js";
import { randomSchedule } from "./schedule.js";
import { specialScene, specialSchedule } from "./special.js";

/** One life in so many is looked at for as long as it may take. */
const WHOLE_PEACE_EVERY = 10;

/** One life in so many is special. */
const SPECIAL_EVERY = 4;
/** Which ones, and what is special about them, is drawn aside: all others do not depend on it. */
const ASIDE_SPECIAL = 0x5bec1a1;

export function lifeOfSeed(seed: number, authenticator: Authenticator, nodes?: number): LifeInit {
  const random = new Random(seed);
  const scene = randomScene(random, nodes);
  const schedule = randomSchedule(random, scene);
  const life = {
    scene,
    schedule,
    seed: random.seed(),
    authenticator,
    wholePeace: seed % WHOLE_PEACE_EVERY === 0,
  };
  const aside = new Random(seed ^ ASIDE_SPECIAL);
  if (!aside.chance(1 / SPECIAL_EVERY)) return life;
  const special = specialScene(scene, aside);
  return { ...life, scene: special, schedule: specialSchedule(schedule, special, aside) };
}
