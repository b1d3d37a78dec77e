// What may stand under `fencing` in systole.yaml.
import { z } from "zod";
import { duration } from "./duration.js";
import { LIST, mapping, MAPPING, names } from "./shapes.js";

export const FENCING_YAML_LIMITS = { levels: 8, devicesOfLevel: 8, hooks: 8, args: 32 } as const;

const PROGRAM = "write the full path of a program, such as `/usr/local/sbin/page`";
const MAX_TIMEOUT_MS = 3_600_000;
const MAX_HOOK_MS = 600_000;

const atMost = (mostMs: number, text: string) =>
  duration({ leastMs: 100 }).refine((ms) => ms <= mostMs, `write at most \`${text}\``);

const Hook = mapping({
  program: z.string(PROGRAM).regex(/^\//, PROGRAM).describe("Full path of a program."),
  args: z
    .array(z.string("write text"), LIST)
    .max(FENCING_YAML_LIMITS.args, `at most ${FENCING_YAML_LIMITS.args} arguments`)
    .optional()
    .describe("Its arguments; what is fenced it finds in its environment, as SYSTOLE_FENCE_NODE and others."),
  timeout: atMost(MAX_HOOK_MS, "10m").optional().describe("How long it may take, e.g. `10s`."),
});

const BeforeHook = Hook.extend({
  required: z
    .boolean("write true or false")
    .optional()
    .describe(
      "`true`: when it fails nothing is fenced, and it is tried again later. Otherwise its failure is logged.",
    ),
});

const hooks = <Of extends z.ZodType>(hook: Of) =>
  z.array(hook, LIST).max(FENCING_YAML_LIMITS.hooks, `at most ${FENCING_YAML_LIMITS.hooks} programs`);

const LEVEL = "write the name of a device, or a list of devices that must all succeed: `[left, right]`";
const Level = z.union([z.string().min(1), names(FENCING_YAML_LIMITS.devicesOfLevel).min(1)], LEVEL);

const Node = mapping({
  levels: z
    .array(Level, LIST)
    .min(1, "name at least one level, or delete the key")
    .max(FENCING_YAML_LIMITS.levels, `at most ${FENCING_YAML_LIMITS.levels} levels`)
    .optional()
    .describe(
      "Tried in this order until one succeeds, instead of the devices under `fence`. A level is the name of a device, or a list of devices that must all succeed together.",
    ),
  delay: duration({ leastMs: 100, zero: "no delay" })
    .optional()
    .describe("How long the others wait before they fence this node, e.g. `3s`: it wins a race."),
});

const Retry = mapping({
  first: duration({ leastMs: 100 })
    .optional()
    .describe("Pause after the first failure, e.g. `5s`; it is doubled after each further one."),
  longest: duration({ leastMs: 1000 }).optional().describe("Longest pause between two attempts, e.g. `1m`."),
  attempts: z
    .int("write a whole number")
    .min(0, "write 1 or more, or 0 for no bound")
    .max(1000, "write at most 1000")
    .optional()
    .describe("After so many failures a person is waited for; 0: it is tried without end."),
});

export const Fencing = mapping({
  action: z
    .enum(["off", "reset"], "write off or reset")
    .optional()
    .describe(
      "`reset` (the default) switches a node off and on again, `off` leaves it off until a person has looked.",
    ),
  timeout: atMost(MAX_TIMEOUT_MS, "1h")
    .optional()
    .describe("How long one device may take for one action, e.g. `60s`; longer where a person confirms."),
  "priority-delay": duration({ leastMs: 100, zero: "no delay" })
    .optional()
    .describe(
      "How long the side that runs fewer groups waits before it fences when the cluster is divided, e.g. `5s`, so that the side with the service wins.",
    ),
  retry: Retry.optional().describe("What follows an attempt that failed."),
  nodes: z
    .record(z.string(), Node, MAPPING)
    .optional()
    .describe("What is different for single nodes, by their names as in ha.cf."),
  before: hooks(BeforeHook).optional().describe("Programs to be run before each attempt, in this order."),
  after: hooks(Hook).optional().describe("Programs to be run after each attempt, in this order."),
});

export type FencingYaml = z.infer<typeof Fencing>;
