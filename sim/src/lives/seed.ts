// A seed is a life: the scene, what befalls it, and every chance on the way.
import type { Authenticator } from "@systole/core/ports";
import { Random } from "../random.js";
import type { LifeInit } from "./life.js";
import { randomScene, type Scene } from "./scene.js";
import { randomSchedule } from "./schedule.js";

/** One life in so many is looked at for as long as it may take. */
const WHOLE_PEACE_EVERY = 10;

/** `cluster`: the scene of all lives, or how many nodes a random one has. */
export function lifeOfSeed(seed: number, authenticator: Authenticator, cluster?: number | Scene): LifeInit {
  const random = new Random(seed);
  const scene = typeof cluster === "object" ? cluster : randomScene(random, cluster);
  const schedule = randomSchedule(random, scene);
  return { scene, schedule, seed: random.seed(), authenticator, wholePeace: seed % WHOLE_PEACE_EVERY === 0 };
}
