// A seed is a life: the scene, what befalls it, and every chance on the way.
import type { Authenticator } from "@systole/core/ports";
import { Random } from "../random.js";
import type { LifeInit } from "./life.js";
import { randomScene } from "./scene.js";
import { randomSchedule } from "./schedule.js";

/** One life in so many is looked at for as long as it may take. */
const WHOLE_PEACE_EVERY = 10;

export function lifeOfSeed(seed: number, authenticator: Authenticator, nodes?: number): LifeInit {
  const random = new Random(seed);
  const scene = randomScene(random, nodes);
  const schedule = randomSchedule(random, scene);
  return { scene, schedule, seed: random.seed(), authenticator, wholePeace: seed % WHOLE_PEACE_EVERY === 0 };
}
