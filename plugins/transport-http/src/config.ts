// What a node needs to know of a node that is a function.
import * as v from "valibot";

const name = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, "must be a name of letters, digits, _ . and -"),
);
const key = v.union(
  [
    v.strictObject({ file: v.pipe(v.string(), v.startsWith("/")) }),
    v.strictObject({ env: v.pipe(v.string(), v.nonEmpty()) }),
  ],
  "must say where the key is: { file: /absolute/path } or { env: NAME }",
);
const milliseconds = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const Link = v.strictObject({
  /** Of the function; http only for trials. */
  url: v.pipe(
    v.string(),
    v.url("must be a URL"),
    v.regex(/^https?:\/\//, "must begin with https:// or http://"),
  ),
  /** Name of the key at the function. */
  cluster: v.pipe(v.string(), v.nonEmpty("must be a name"), v.maxLength(255)),
  /** At least 32 characters, the same as the function has. */
  key,
  /** No more than one call in this time. What is said meanwhile goes with the next one. */
  everyMs: v.optional(milliseconds(0, 60_000), 500),
  /** How long one call may take. */
  timeoutMs: v.optional(milliseconds(1, 120_000), 5000),
});

export const HttpConfig = v.strictObject({
  /** By the name that `transports` in systole.yaml knows as http:NAME. */
  links: v.record(name, Link),
});

export type HttpConfig = v.InferOutput<typeof HttpConfig>;
export type LinkConfig = v.InferOutput<typeof Link>;
