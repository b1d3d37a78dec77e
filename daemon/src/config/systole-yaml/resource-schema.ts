// What systole.yaml says of single resources: their agents, parameters, and what follows a failure.
import { z } from "zod";
import { duration } from "./duration.js";
import { LIST, mapping, MAPPING, NAME } from "./shapes.js";

const ON_FAIL = ["restart", "move", "stop", "ignore", "fence"] as const;

const Monitor = mapping({
  every: duration({ leastMs: 100, zero: "never" })
    .optional()
    .describe(
      "How long after one look at the resource the next one begins, e.g. `10s`; `0s`: it is not watched.",
    ),
});

const Timeouts = mapping({
  start: duration({ leastMs: 1 }).optional().describe("How long a start may take, e.g. `60s`."),
  stop: duration({ leastMs: 1 }).optional().describe("How long a stop may take, e.g. `60s`."),
  monitor: duration({ leastMs: 1 })
    .optional()
    .describe("How long one look at the resource may take, e.g. `20s`."),
});

/** For one resource, or for all that do not say otherwise. */
export const rules = {
  monitor: Monitor.optional().describe("How a running resource is watched, e.g. `{ every: 10s }`."),
  timeouts: Timeouts.optional().describe(
    "How long each operation may take until it counts as timed out, e.g. `{ start: 60s }`.",
  ),
  "on-fail": z
    .enum(ON_FAIL, `write one of: ${ON_FAIL.join(", ")}`)
    .optional()
    .describe(
      "What a failure of a running resource leads to: `restart` in place, `move` the group to another node, `stop` the group, `ignore` it, or `fence` this node.",
    ),
  "migration-threshold": z
    .int("write a whole number")
    .min(0, "write 1 or more, or 0 for never")
    .max(1000, "write at most 1000")
    .optional()
    .describe(
      "After so many failures on a node the group moves to another one, e.g. `3`; 0: never for that reason.",
    ),
  "failure-timeout": duration({ leastMs: 1000, zero: "never" })
    .optional()
    .describe(
      "So long after the last failure on a node all are forgotten, e.g. `10m`; `0s`: only an operator forgets them.",
    ),
};

const PARAMETER = "write text, a number, true or false";
const Parameter = z.union([z.string(), z.number(), z.boolean()], PARAMETER).transform(String);
const MOST_ARGUMENTS = 32;

export const Resource = mapping({
  agent: z
    .string(NAME)
    .min(1, NAME)
    .optional()
    .describe(
      "What looks after it: `ipaddr`, `nginx`, a class and a name (`ocf:heartbeat:Filesystem`, `systemd:postgresql.service`, `lsb:apache2`, `heartbeat:drbddisk`), or the name of a plugin's agent. Without it the resource's own name is read as haresources reads it.",
    ),
  arguments: z
    .array(Parameter, LIST)
    .max(MOST_ARGUMENTS, `at most ${MOST_ARGUMENTS} arguments`)
    .optional()
    .describe(
      "What the agent is called with, in this order, where it takes arguments without names, e.g. `[r0]`. An `ipaddr` takes its address so: `[192.0.2.10/24/eth0]`.",
    ),
  parameters: z
    .record(z.string(), Parameter, MAPPING)
    .optional()
    .describe(
      "Named parameters for the resource's agent, e.g. `{ drain: 5s }`; each reaches it as the text that stands here.",
    ),
  ...rules,
});

export type ResourceYaml = z.infer<typeof Resource>;
export type ResourceRules = Omit<ResourceYaml, "parameters" | "agent" | "arguments">;
