// What a node needs to know of the etcd that it asks.
import * as v from "valibot";
import {
  CALL_MS,
  LONGEST_TTL_SECONDS,
  MARGIN_MS,
  MAX_ENDPOINTS,
  SHORTEST_TTL_SECONDS,
  TTL_SECONDS,
} from "./limits.js";

const File = v.pipe(v.string(), v.startsWith("/", "must be an absolute path"));

const Password = v.union(
  [v.strictObject({ file: File }), v.strictObject({ env: v.pipe(v.string(), v.nonEmpty()) })],
  "must say where the password is: { file: /absolute/path } or { env: NAME }",
);

const whole = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer("must be a whole number"),
    v.minValue(least, `must be ${least} or more`),
    v.maxValue(most, `must be ${most} or less`),
  );

export const EtcdConfig = v.pipe(
  v.strictObject({
    /** The same on every node, and no other cluster's in this etcd. */
    cluster: v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, "must be letters, digits, _ . and -, at most 100"),
    ),
    /** Of the members. All of one etcd: several clusters of etcd are several quorums. */
    endpoints: v.pipe(
      v.array(
        v.pipe(
          v.string(),
          v.url("must be a URL"),
          v.regex(/^https?:\/\/[^/?#@]+\/?$/, "must be https://HOST:PORT or http://HOST:PORT"),
        ),
      ),
      v.minLength(1, "an endpoint is needed"),
      v.maxLength(MAX_ENDPOINTS, `at most ${MAX_ENDPOINTS} endpoints`),
      v.check((all) => new Set(all).size === all.length, "an endpoint stands there twice"),
    ),
    /** Before the cluster's name: a user of etcd is given the right to read and write below it. */
    prefix: v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(200)), "/systole/quorum/"),
    user: v.optional(v.pipe(v.string(), v.nonEmpty())),
    password: v.optional(Password),
    /** Files in PEM: who has signed the members' certificates, and this node's own certificate with its key. */
    tls: v.optional(
      v.pipe(
        v.strictObject({ ca: v.optional(File), cert: v.optional(File), key: v.optional(File) }),
        v.check(
          ({ cert, key }) => (cert === undefined) === (key === undefined),
          "cert and key belong together",
        ),
      ),
    ),
    ttlSeconds: v.optional(whole(SHORTEST_TTL_SECONDS, LONGEST_TTL_SECONDS), TTL_SECONDS),
    /** Before the end of the lease: as long as it takes to stop what runs here. */
    marginMs: v.optional(whole(10, 300_000), MARGIN_MS),
    /** How long one member may take to answer before the next one is asked. */
    callMs: v.optional(whole(50, 10_000), CALL_MS),
  }),
  v.check(
    ({ ttlSeconds, marginMs }) => marginMs * 2 <= ttlSeconds * 1000,
    "marginMs may be half of ttlSeconds, and no more",
  ),
  v.check(
    ({ user, password }) => (user === undefined) === (password === undefined),
    "user and password belong together",
  ),
  v.check(
    ({ tls, endpoints }) => tls === undefined || endpoints.every((url) => url.startsWith("https://")),
    "with tls every endpoint begins with https://",
  ),
);
export type EtcdConfig = v.InferOutput<typeof EtcdConfig>;
