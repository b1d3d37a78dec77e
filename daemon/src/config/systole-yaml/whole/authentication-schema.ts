// What messages are signed with: `authentication` of systole.yaml. The keys themselves stand elsewhere.
import { z } from "zod";
import { LIST, mapping } from "../shapes.js";

const METHODS = ["sha1", "md5", "crc"] as const;
const MOST_ID = 15;

const SECRET =
  "a key does not stand in this file, which others may read; write where it is: `{ file: cluster.key }`, `{ env: VARIABLE }` or `{ credential: NAME }`";
const Secret = z.union(
  [
    mapping({
      file: z
        .string()
        .min(1)
        .describe(
          "A file that holds the key on its first line and that root alone may read, e.g. `cluster.key`; a relative path starts at this file.",
        ),
    }),
    mapping({ env: z.string().min(1).describe("A variable of the daemon's environment, e.g. `HA_KEY`.") }),
    mapping({
      credential: z
        .string()
        .regex(/^[^/]+$/)
        .describe("A credential of systemd, `LoadCredential=NAME:…`, e.g. `cluster.key`."),
    }),
  ],
  SECRET,
);

const method = z
  .enum(METHODS, `write one of: ${METHODS.join(", ")}`)
  .describe("`sha1`, or `md5`, or `crc`, which protects against accidents only and takes no key.");
const key = Secret.optional().describe("Where the key is, e.g. `{ file: cluster.key }`.");

const Key = mapping({
  id: z
    .int("write a whole number")
    .min(0, "write 0 or more")
    .max(MOST_ID, `write at most ${MOST_ID}`)
    .describe("Its number, the same on all nodes, e.g. `1`."),
  method,
  key,
});

const needsKey = ({ method: how, key: where }: { method?: string | undefined; key?: unknown }) =>
  how === undefined || (how === "crc") === (where === undefined);
const KEY_RULE = "sha1 and md5 need `key`, and crc takes none";

export const Authentication = mapping({
  method: method.optional(),
  key,
  keys: z
    .array(Key.refine(needsKey, KEY_RULE), LIST)
    .min(1, "write at least one key")
    .max(MOST_ID + 1, `at most ${MOST_ID + 1} keys`)
    .optional()
    .describe(
      "Several keys instead of `method` and `key`, while they change: each has an `id`, all are believed, and the one of `sign` signs.",
    ),
  sign: z
    .int("write a whole number")
    .optional()
    .describe("The `id` of the key that signs, e.g. `2`; without it the first one."),
})
  .refine(
    ({ method: how, keys }) => (how === undefined) !== (keys === undefined),
    "write `method` and `key`, or a list `keys`",
  )
  .refine(needsKey, KEY_RULE)
  .refine(({ keys, sign }) => sign === undefined || (keys ?? []).some(({ id }) => id === sign), {
    message: "no key has this `id`; write that of one that stands under `keys`",
    path: ["sign"],
  })
  .refine(({ keys = [] }) => new Set(keys.map(({ id }) => id)).size === keys.length, {
    message: "two keys have the same `id`; give one of them another",
    path: ["keys"],
  });

export type AuthenticationYaml = z.infer<typeof Authentication>;
export type SecretYaml = z.infer<typeof Secret>;
