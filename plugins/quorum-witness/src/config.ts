// What a node needs to know of the witnesses that it asks.
import * as v from "valibot";
import { CHECK_EVERY_MS, MARGIN_MS, MAX_WITNESSES, TTL_MS } from "./limits.js";

const key = v.union(
  [
    v.strictObject({ file: v.pipe(v.string(), v.startsWith("/")) }),
    v.strictObject({ env: v.pipe(v.string(), v.nonEmpty()) }),
  ],
  "must say where the key is: { file: /absolute/path } or { env: NAME }",
);

const Witness = v.strictObject({
  url: v.pipe(
    v.string(),
    v.url("must be a URL"),
    v.regex(/^https?:\/\//, "must begin with https:// or http://"),
  ),
  /** What `systole witness key CLUSTER` says there. */
  key,
});

const ms = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

export const WitnessConfig = v.pipe(
  v.strictObject({
    /** The same on every node, and no other cluster's of these witnesses. */
    cluster: v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, "must be letters, digits, _ . and -, at most 100"),
    ),
    witnesses: v.pipe(
      v.array(Witness),
      v.minLength(1, "a witness is needed"),
      v.maxLength(MAX_WITNESSES, `at most ${MAX_WITNESSES} witnesses`),
      v.check(
        (all) => new Set(all.map(({ url }) => url)).size === all.length,
        "a witness stands there twice",
      ),
    ),
    ttlMs: v.optional(ms(500, 600_000), TTL_MS),
    /** Before the end of the lease: as long as it takes to stop what runs here. */
    marginMs: v.optional(ms(10, 300_000), MARGIN_MS),
    checkEveryMs: v.optional(ms(1000, 86_400_000), CHECK_EVERY_MS),
  }),
  v.check(({ ttlMs, marginMs }) => marginMs * 2 <= ttlMs, "marginMs may be half of ttlMs, and no more"),
);
export type WitnessConfig = v.InferOutput<typeof WitnessConfig>;
