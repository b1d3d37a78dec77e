// What matters beside nodes and programs of heartbeat only, under its own names: `heartbeat` of systole.yaml.
import { z } from "zod";
import { MAX_THRESHOLD_KIB } from "../../ha-cf/settings.js";
import { LIST, mapping, MAPPING } from "../shapes.js";

const MOST_PROGRAMS = 64;
const MOST_ACCESS = 256;
const MOST_STONITH = 64;
const MOST_ENVIRONMENT = 256;

const TRUTH = "write true or false";
const PROGRAM = "write the program's full path and its arguments, such as `/usr/local/sbin/watch -v`";
const ACCOUNT = "write a name";
const accounts = z.array(z.string(ACCOUNT).min(1, ACCOUNT), LIST).max(64, "at most 64 names");

const Client = mapping({
  user: z.string(ACCOUNT).min(1, ACCOUNT).describe("Who it runs as, e.g. `hacluster`."),
  command: z
    .string(PROGRAM)
    .regex(/^\/[^\n\r]*$/, PROGRAM)
    .describe("The program's full path and its arguments; a shell reads it."),
  failfast: z
    .boolean(TRUTH)
    .optional()
    .describe("`true`: its unasked end is the end of this node; otherwise it is started again."),
});

const Access = mapping({
  users: accounts.optional().describe("Users that may, e.g. `[hacluster]`."),
  groups: accounts.optional().describe("Groups that may, e.g. `[haclient]`."),
}).refine(
  ({ users = [], groups = [] }) => users.length + groups.length > 0,
  "write `users` or `groups`, with at least one name",
);

const Stonith = mapping({
  from: z.string(ACCOUNT).min(1, ACCOUNT).optional().describe("The node that may use it; default `*`: all."),
  type: z
    .string("write a type")
    .regex(/^(?:external\/)?[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "`stonith -L` lists the types")
    .describe("Its type, e.g. `external/ipmi`."),
  parameters: z
    .string("write the parameters as one text")
    .optional()
    .describe("Its parameters, in the order that the type wants."),
  file: z
    .string("write a full path")
    .startsWith("/", "write a full path, which begins with `/`")
    .optional()
    .describe("A file that holds the parameters instead."),
});

export const Heartbeat = mapping({
  "message-format": z
    .enum(["classic", "netstring"], "write classic or netstring")
    .optional()
    .describe("`classic` (default): fields are signed too; `netstring`: frames alone."),
  "hop-fudge": z
    .int("write a whole number")
    .min(0, "write 0 or more")
    .max(255, "write at most 255")
    .optional()
    .describe("How many hops more than nodes a message may make around a serial ring; default `1`."),
  "uuid-from": z
    .enum(["file", "nodename"], "write file or nodename")
    .optional()
    .describe("Where a node's uuid is from: `file` (default), or its name."),
  autojoin: z
    .enum(["none", "other", "any"], "write none, other or any")
    .optional()
    .describe("Which nodes may join that are not named: `none` (default), `other` or `any`."),
  "traditional-compression": z
    .boolean(TRUTH)
    .optional()
    .describe("`true`: whole messages are compressed instead of single fields; default `false`."),
  "compression-threshold": z
    .int("write a whole number")
    .min(1, "write 1 or more")
    .max(MAX_THRESHOLD_KIB, `write at most ${MAX_THRESHOLD_KIB}`)
    .optional()
    .describe("From how many KiB on a message is compressed; default `2`."),
  "log-bad-packets": z
    .boolean(TRUTH)
    .optional()
    .describe("`false`: frames that fail authentication are counted and not logged; default `true`."),
  ipfail: z
    .boolean(TRUTH)
    .optional()
    .describe("`true`: groups go to a node that reaches more ping nodes; default `false`."),
  environment: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable is called by letters, digits and `_`"),
      z.string("write text, in quotes if it is a number"),
      MAPPING,
    )
    .refine((all) => Object.keys(all).length <= MOST_ENVIRONMENT, `at most ${MOST_ENVIRONMENT} variables`)
    .optional()
    .describe("What scripts find in their environment, each name behind `HA_`."),
  respawn: z
    .array(Client, LIST)
    .max(MOST_PROGRAMS, `at most ${MOST_PROGRAMS} programs`)
    .optional()
    .describe(
      "Programs that run beside the daemon: `[{ user: hacluster, command: /usr/local/sbin/watch }]`.",
    ),
  apiauth: z
    .record(z.string(), Access, MAPPING)
    .refine((all) => Object.keys(all).length <= MOST_ACCESS, `at most ${MOST_ACCESS} clients`)
    .optional()
    .describe("Who may use the client API under a name: `{ ping: { groups: [haclient] } }`."),
  stonith: z
    .array(
      Stonith.refine(
        ({ parameters, file }) => (parameters === undefined) !== (file === undefined),
        "write `parameters`, or the `file` that holds them",
      ),
      LIST,
    )
    .max(MOST_STONITH, `at most ${MOST_STONITH} devices`)
    .optional()
    .describe("Fence devices of ha.cf; a node uses the last one that applies. See fencing.md for others."),
});

export type HeartbeatYaml = z.infer<typeof Heartbeat>;
