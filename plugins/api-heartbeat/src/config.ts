// What may be configured: what ha.cf says of this API and what clients may ask about ha.cf.
import * as v from "valibot";

const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const Milliseconds = v.pipe(v.number(), v.integer(), v.minValue(1));

/** One `apiauth` line: who may sign on under a name. Users and groups are names or numbers. */
export const AccessRule = v.strictObject({
  name: Name,
  users: v.optional(v.pipe(v.array(Name), v.maxLength(64)), []),
  groups: v.optional(v.pipe(v.array(Name), v.maxLength(64)), []),
});
export type AccessRule = v.InferOutput<typeof AccessRule>;

export const ApiConfig = v.strictObject({
  socket: v.optional(Name, "/var/run/heartbeat/register"),
  /** Every node, ping nodes included, in the order of the configuration. */
  nodes: v.pipe(v.array(Name), v.maxLength(1000)),
  keepaliveMs: Milliseconds,
  deadMs: Milliseconds,
  /** What `getparm` answers, by directive. */
  parameters: v.optional(v.record(Name, v.string()), {}),
  /** Replace the defaults of the same name. */
  access: v.optional(v.pipe(v.array(AccessRule), v.maxLength(256)), []),
  /** Links over which a node hears itself: broadcast, and multicast that loops. Its own others show as dead, as with heartbeat. */
  heardOver: v.optional(v.array(Name), []),
  /** Clients whose part this node plays itself: they show as online, and nobody else signs on under their name. */
  builtIn: v.optional(v.array(Name), []),
});
export type ApiConfig = v.InferOutput<typeof ApiConfig>;
