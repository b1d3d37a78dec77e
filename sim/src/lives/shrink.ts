// A failing life made small: the fewest misfortunes, and the fewest nodes, with which it still fails in the same way.
import type { Misfortune } from "./fault.js";
import { live, type LifeInit } from "./life.js";
import { smallerScene } from "./scene.js";

export interface Shrunk {
  readonly init: LifeInit;
  /** Lives that were lived to find it. */
  readonly lives: number;
}

/** Lives that are spent at most. */
const MOST_LIVES = 400;

/** `init` fails. Misfortunes that are taken out leave their time behind, so that the rest happens when it did. */
export function shrink(init: LifeInit): Shrunk {
  const check = firstCheck(init);
  if (check === undefined) throw new Error("a life that does not fail cannot be made smaller");
  let lives = 0;
  const fails = (candidate: LifeInit): boolean => {
    lives += 1;
    return lives <= MOST_LIVES && firstCheck(candidate) === check;
  };
  let smallest = withFewerNodes(init, fails);
  for (let size = Math.ceil(smallest.schedule.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < smallest.schedule.length;) {
      const candidate = { ...smallest, schedule: without(smallest.schedule, at, size) };
      if (fails(candidate)) smallest = candidate;
      else at += size;
    }
  }
  return { init: withFewerNodes(smallest, fails), lives };
}

function withFewerNodes(init: LifeInit, fails: (candidate: LifeInit) => boolean): LifeInit {
  const scene = smallerScene(init.scene);
  if (scene === undefined) return init;
  const named = (value: unknown): boolean =>
    !init.scene.nodes.includes(String(value)) || scene.nodes.includes(String(value));
  const schedule = init.schedule.filter(({ fault }) => Object.values(fault).every(named));
  const candidate = { ...init, scene, schedule };
  return fails(candidate) ? withFewerNodes(candidate, fails) : init;
}

function firstCheck(init: LifeInit): string | undefined {
  return live(init).complaints[0]?.check;
}

/** The time that passed before each of them passes before the next one. */
function without(schedule: readonly Misfortune[], at: number, count: number): readonly Misfortune[] {
  const gone = schedule.slice(at, at + count);
  const left = [...schedule.slice(0, at), ...schedule.slice(at + count)];
  const next = left[at];
  if (next === undefined) return left;
  const goneMs = gone.reduce((sumMs, { afterMs }) => sumMs + afterMs, 0);
  return left.with(at, { ...next, afterMs: next.afterMs + goneMs });
}
