// What may be configured: ping nodes as ha.cf's `ping` and `ping_group` lines name them.
import * as v from "valibot";

const Host = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9._:%-]{1,255}$/, "an IPv4 or IPv6 address or a host name is needed"),
);

export const PingNode = v.strictObject({
  /** Name of the pseudo node: for `ping` the host as written, for `ping_group` the name of the group. */
  name: v.pipe(v.string(), v.minLength(1, "a name is needed")),
  /** A group lives as long as any of its hosts answers. */
  group: v.boolean(),
  hosts: v.pipe(v.array(Host), v.minLength(1, "a host is needed"), v.maxLength(64, "at most 64 hosts")),
});
export type PingNode = v.InferOutput<typeof PingNode>;

export const PingConfig = v.strictObject({
  nodes: v.pipe(
    v.array(PingNode),
    v.check(
      (nodes) => new Set(nodes.map(({ name }) => name)).size === nodes.length,
      "two ping nodes have the same name",
    ),
  ),
});
export type PingConfig = v.InferOutput<typeof PingConfig>;
