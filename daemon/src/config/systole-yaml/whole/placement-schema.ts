// What lives together and where: `groups` and `constraints` of systole.yaml.
import { MUST_SCORE } from "@systole/core/ports";
import { z } from "zod";
import { duration } from "../duration.js";
import { LIST, mapping, MAPPING, NAME } from "../shapes.js";

export const PLACEMENT_LIMITS = {
  groups: 256,
  resources: 64,
  constraints: 512,
  nodes: 100,
  clones: 100,
} as const;
const MOST_SCORE = MUST_SCORE;

const NODE = "write the name of a node that stands under `nodes`";
const Names = z
  .array(z.string(NODE).min(1, NODE), LIST)
  .max(PLACEMENT_LIMITS.nodes, `at most ${PLACEMENT_LIMITS.nodes} nodes`)
  .refine((list) => new Set(list).size === list.length, "a name stands there twice; write it once");

const SCORE = `write a whole number from -${MOST_SCORE} to ${MOST_SCORE}`;
const Score = z.int(SCORE).min(-MOST_SCORE, SCORE).max(MOST_SCORE, SCORE);
const WORTH = `write a whole number from 1 to ${MOST_SCORE}, or nothing where it must be`;
const STICKINESS = `write a whole number from 0 to ${MOST_SCORE}`;
const COUNT = `write a whole number from 1 to ${PLACEMENT_LIMITS.clones}`;
const Count = z.int(COUNT).min(1, COUNT).max(PLACEMENT_LIMITS.clones, COUNT);

const AFTER = /^after\s+(\S+)$/;
const FAILBACK = "write `auto`, `manual`, or `after` and a time, such as `after 5m`";
const delay = duration({ leastMs: 1000 });

export type FailbackYaml = "auto" | "manual" | "legacy" | { readonly afterMs: number };

export const Failback = z
  .string(FAILBACK)
  .refine((text) => {
    const after = AFTER.exec(text)?.[1];
    return (
      ["auto", "manual", "legacy"].includes(text) || (after !== undefined && delay.safeParse(after).success)
    );
  }, FAILBACK)
  .transform((text): FailbackYaml => {
    const after = AFTER.exec(text)?.[1];
    if (after !== undefined) return { afterMs: delay.parse(after) };
    return text === "auto" || text === "legacy" ? text : "manual";
  });

const Clone = mapping({
  max: Count.optional().describe("On how many nodes it runs at most, e.g. `3`; default: on all."),
  "per-node": Count.optional().describe("How often on each, e.g. `1`, which is the default."),
});

const Promotable = mapping({
  promoted: Count.optional().describe("How many of them are promoted, e.g. `1`, which is the default."),
});

const Group = mapping({
  resources: z
    .array(z.string(NAME).min(1, NAME), LIST)
    .min(1, "name at least one resource")
    .max(PLACEMENT_LIMITS.resources, `at most ${PLACEMENT_LIMITS.resources} resources in a group; split it`)
    .describe(
      "What belongs to it, in the order in which it is started, e.g. `[192.0.2.10/24/eth0, nginx]`: names that stand under `resources`, or texts as haresources has them.",
    ),
  prefer: z
    .union(
      [Names.min(1, NODE), z.record(z.string(), Score, MAPPING)],
      "write nodes in their order, such as `[alpha, bravo]`, or with scores, such as `{ alpha: 100 }`",
    )
    .optional()
    .describe(
      "Where it should be: nodes in their order, `[alpha, bravo]`, or with scores, `{ alpha: 100, bravo: 50 }`. Without it the first node.",
    ),
  never: Names.optional().describe("Nodes where it must not run, e.g. `[charlie]`."),
  stickiness: z
    .int(STICKINESS)
    .min(0, STICKINESS)
    .max(MOST_SCORE, STICKINESS)
    .optional()
    .describe("What staying where it is is worth, for each of its resources, e.g. `100`; default `1`."),
  failback: Failback.optional().describe(
    "When the node that it prefers is back: `auto`, it goes there; `manual`, it stays until an operator moves it; `after 5m`, it goes there so much later.",
  ),
  clone: Clone.optional().describe("It runs on many nodes at once: `{ max: 3 }`."),
  promotable: Promotable.optional().describe(
    "It runs on many nodes, and is promoted on some of them: `{ promoted: 1 }`.",
  ),
});

const WHAT = "write the name of a group, or of a resource that is in none";
const Pair = z.tuple(
  [z.string(WHAT).min(1, WHAT), z.string(WHAT).min(1, WHAT)],
  "write two names, such as `[web, data]`",
);
const score = z
  .int(WORTH)
  .min(1, WORTH)
  .max(MOST_SCORE, WORTH)
  .optional()
  .describe("What it is worth, e.g. `100`; without it, it must be so.");
const by = z
  .string("write `site`, or the name of an attribute")
  .min(1, "write `site`, or the name of an attribute")
  .optional()
  .describe("Not the nodes are compared but this of them: `site`, or the name of an attribute.");
const role = z
  .enum(["promoted"], "write promoted, or nothing")
  .optional()
  .describe("`promoted`: it is about the node where the first one, or that of `after`, is promoted.");

const Constraint = mapping({
  together: Pair.optional().describe("The second is placed where the first is: `[data, web]`."),
  apart: Pair.optional().describe("They are on different nodes: `[web, batch]`."),
  start: z.string(WHAT).min(1, WHAT).optional().describe("What starts, once that of `after` runs: `web`."),
  after: z.string(WHAT).min(1, WHAT).optional().describe("What has to run before: `data`."),
  score,
  by,
  role,
}).refine(
  ({ together, apart, start, after }) =>
    [together, apart, start].filter((one) => one !== undefined).length === 1 &&
    (start === undefined) === (after === undefined),
  "write one of `together: [a, b]`, `apart: [a, b]`, or `start: b` with `after: a`",
);

export const placementKeys = {
  groups: z
    .record(z.string().min(1), Group, MAPPING)
    .refine(
      (all) => Object.keys(all).length <= PLACEMENT_LIMITS.groups,
      `at most ${PLACEMENT_LIMITS.groups} groups`,
    )
    .optional()
    .describe(
      "Resources that live together, by the group's name: `web: { resources: [192.0.2.10/24/eth0, nginx], prefer: [alpha] }`. A resource in none is a group of its own.",
    ),
  constraints: z
    .array(Constraint, LIST)
    .max(PLACEMENT_LIMITS.constraints, `at most ${PLACEMENT_LIMITS.constraints} constraints`)
    .optional()
    .describe("What holds between groups: `[{ apart: [web, batch] }]`."),
};

export type GroupYaml = z.infer<typeof Group>;
export type ConstraintYaml = z.infer<typeof Constraint>;
