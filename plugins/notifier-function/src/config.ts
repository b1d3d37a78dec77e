// What a node needs to know of the functions that it tells.
import { ATTEMPT_TIMEOUT_MS, CALL_WITHIN_MS } from "@systole/sdk/functions";
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
const milliseconds = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(600_000));

const FunctionToTell = v.strictObject({
  url: v.pipe(
    v.string(),
    v.url("must be a URL"),
    v.regex(/^https?:\/\//, "must begin with https:// or http://"),
  ),
  /** At least 32 characters, the same as the function has. */
  key,
  /** Under this name the function knows the key: it may serve several clusters. */
  cluster: v.pipe(v.string(), v.nonEmpty("must be a name"), v.maxLength(255)),
  /** Name of the notifier at the function; absent: the function has just one. */
  notifier: v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(255))),
  /** How long one attempt may take. */
  timeoutMs: v.optional(milliseconds, ATTEMPT_TIMEOUT_MS),
  /** How long the function may work at one event. */
  withinMs: v.optional(milliseconds, CALL_WITHIN_MS),
});

export const NotifierFunctionConfig = v.strictObject({
  /** By the name under which `notifiers` in systole.yaml knows it. */
  functions: v.record(name, FunctionToTell),
});

export type FunctionToTell = v.InferOutput<typeof FunctionToTell>;
