// What may be configured: whom to ping, and how many of them must answer.
import * as v from "valibot";

/** A node that is cut off has nobody who finds an address for a name. */
const Target = v.pipe(v.string(), v.ip("an IPv4 or IPv6 address is needed, not a name"));

export const PingQuorumConfig = v.pipe(
  v.strictObject({
    targets: v.pipe(
      v.array(Target),
      v.minLength(1, "a target is needed"),
      v.maxLength(16, "at most 16 targets"),
      v.check((targets) => new Set(targets).size === targets.length, "a target stands there twice"),
    ),
    /** So many of them must answer. */
    need: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1, "at least one must answer")), 1),
    /** How long a target may take. */
    deadlineMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(10_000)), 300),
  }),
  v.check(({ targets, need }) => need <= targets.length, "more targets must answer than there are"),
);
export type PingQuorumConfig = v.InferOutput<typeof PingQuorumConfig>;
