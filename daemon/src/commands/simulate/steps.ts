// What is to be done to a cluster, as the command line says it: `master`, `master@30`, `master,cluster1@30`.
import { InvalidArgumentError } from "commander";
import { SIMULATE_LIMITS } from "./limits.js";

export type Deed = "kill" | "power-off" | "cut" | "isolate" | "freeze" | "stop" | "standby";

export interface Step {
  readonly deed: Deed;
  /** One; of a cut both ends. */
  readonly names: readonly string[];
  /** Since the cluster was stable. Absent: at the moment of the step before, the first one at 0. */
  readonly atSeconds?: number;
}

export interface TimedStep extends Step {
  readonly atMs: number;
}

/** Throws what commander shows. */
export function parseStep(deed: Deed, text: string): Step {
  const [written = "", seconds, ...more] = text.split("@");
  const names = written.split(",").map((name) => name.trim().toLowerCase());
  const wanted = deed === "cut" ? "two names with a comma between them" : "one name";
  if (more.length > 0 || names.length !== (deed === "cut" ? 2 : 1) || names.includes(""))
    throw new InvalidArgumentError(
      `Write ${wanted}, and "@SECONDS" behind it if it is not to happen at once.`,
    );
  if (seconds === undefined) return { deed, names };
  if (!/^\d+(\.\d+)?$/.test(seconds) || Number(seconds) > SIMULATE_LIMITS.atSeconds)
    throw new InvalidArgumentError(`Write seconds behind the "@", at most ${SIMULATE_LIMITS.atSeconds}.`);
  return { deed, names, atSeconds: Number(seconds) };
}

/** In the order in which they happen. */
export function inOrder(steps: readonly Step[]): readonly TimedStep[] {
  let lastMs = 0;
  const timed = steps.map((step) => {
    lastMs = step.atSeconds === undefined ? lastMs : step.atSeconds * 1000;
    return { ...step, atMs: lastMs };
  });
  return timed.toSorted((one, other) => one.atMs - other.atMs);
}

/** After these nobody is there any more whom something could be done to. */
const ENDS: ReadonlySet<Deed> = new Set(["kill", "power-off", "stop"]);

/** What keeps the steps from being done, as a sentence; undefined: nothing. `ends`: what else than nodes can be cut off. */
export function objectionTo(
  steps: readonly TimedStep[],
  nodes: readonly string[],
  ends: readonly string[],
): string | undefined {
  const gone = new Map<string, Deed>();
  for (const { deed, names } of steps) {
    for (const name of names) {
      const known = deed === "cut" ? [...nodes, ...ends] : nodes;
      if (!known.includes(name))
        return `--${deed} ${name}: there is no such name; write one of ${known.join(", ")}`;
    }
    const [first = "", second] = names;
    if (first === second) return `--${deed} ${names.join(",")}: a node cannot be cut off from itself`;
    const before = gone.get(first);
    if (before !== undefined && deed !== "cut" && !(deed === "power-off" && before === "kill"))
      return `--${deed} ${first}: --${before} comes before, and nobody acts there any more; leave one of them out, or let the other come first`;
    if (ENDS.has(deed)) gone.set(first, deed);
    if (deed === "freeze") gone.set(first, deed);
  }
  return undefined;
}

const SAYINGS: Readonly<Record<Deed, (names: readonly string[]) => string>> = {
  kill: ([node]) => `the daemon on ${node} dies, as after kill -9`,
  "power-off": ([node]) => `${node} loses its power`,
  cut: ([one, other]) => `${one} and ${other} do not reach each other any more`,
  isolate: ([node]) => `${node} reaches nobody any more, and nobody reaches it`,
  freeze: ([node]) => `${node} stands still, the whole machine`,
  stop: ([node]) => `somebody types \`systole stop\` on ${node}`,
  standby: ([node]) => `somebody types \`systole standby\` on ${node}`,
};

export function describeStep({ deed, names }: Step): string {
  return SAYINGS[deed](names);
}
