// What can be configured of fencing by hand.
import * as v from "valibot";

export const MeatwareConfig = v.optional(
  v.strictObject({
    /** Nodes that a person looks after. Absent: every other node of the cluster. */
    hosts: v.optional(v.array(v.pipe(v.string(), v.nonEmpty("must be a node's name")))),
  }),
  {},
);

export type MeatwareConfig = v.InferOutput<typeof MeatwareConfig>;
