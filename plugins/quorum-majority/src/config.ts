// What may be configured: what each node weighs, who breaks a tie, and what is remembered.
import * as v from "valibot";
import { LONGEST_WINDOW_MS, MAX_NAMES, MAX_WEIGHT, SHORTEST_WINDOW_MS, WINDOW_MS } from "./limits.js";

const Name = v.pipe(v.string(), v.nonEmpty("the name of a node is needed"));

const Weight = v.pipe(
  v.number(),
  v.integer("a weight is a whole number"),
  v.minValue(0, "a weight is 0 or more"),
  v.maxValue(MAX_WEIGHT, `a weight is at most ${MAX_WEIGHT}`),
);

const TieBreaker = v.union(
  [
    v.literal("lowest"),
    v.pipe(
      v.array(Name),
      v.minLength(1, "a node is needed"),
      v.maxLength(MAX_NAMES, `at most ${MAX_NAMES} nodes`),
      v.check((names) => new Set(names).size === names.length, "a node stands there twice"),
    ),
    v.strictObject({ quorum: v.pipe(v.string(), v.nonEmpty("the name of a quorum is needed")) }),
  ],
  "must be lowest, a list of nodes, or { quorum: NAME } with another quorum",
);

const Settings = v.pipe(
  v.strictObject({
    /** By node; one that is not named here weighs 1. */
    weights: v.optional(
      v.pipe(
        v.record(Name, Weight),
        v.check((weights) => Object.keys(weights).length <= MAX_NAMES, `at most ${MAX_NAMES} nodes`),
      ),
      {},
    ),
    /** Who has exactly half of the votes wins with this: without it nobody does. */
    tieBreaker: v.optional(TieBreaker),
    /** After a start of the whole cluster nobody is granted anything before all nodes have been seen at once. */
    waitForAll: v.optional(v.boolean(), false),
    /** Whoever has been missing for `windowMs` counts no more, until it is back. */
    lastManStanding: v.optional(v.boolean(), false),
    windowMs: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(SHORTEST_WINDOW_MS, `at least ${SHORTEST_WINDOW_MS}`),
        v.maxValue(LONGEST_WINDOW_MS, `at most ${LONGEST_WINDOW_MS}`),
      ),
      WINDOW_MS,
    ),
  }),
  v.check(
    ({ tieBreaker, lastManStanding }) =>
      !lastManStanding || typeof tieBreaker !== "object" || Array.isArray(tieBreaker),
    "lastManStanding needs a tieBreaker that always decides the same way: a quorum that grants to one side today may grant to the other one tomorrow; write lowest, or a list of nodes",
  ),
  v.check(
    ({ tieBreaker }) =>
      typeof tieBreaker !== "object" || !("quorum" in tieBreaker) || tieBreaker.quorum !== "majority",
    "the tieBreaker must be another quorum than this one",
  ),
);

export const MajorityConfig = v.optional(Settings, {});
export type MajorityConfig = v.InferOutput<typeof Settings>;
