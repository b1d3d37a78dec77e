// What may be configured: the media as ha.cf's ucast, bcast and mcast lines describe them, over IPv4 or IPv6.
import { isIPv4, isIPv6 } from "node:net";
import * as v from "valibot";

const providerName = v.pipe(v.string(), v.minLength(1, "a name is needed"));
const interfaceName = v.pipe(
  v.string(),
  v.regex(/^[^\s/:%]{1,15}$/, "an interface name of at most 15 characters is needed, without an alias"),
);
const port = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1, "a port is between 1 and 65535"),
  v.maxValue(65535, "a port is between 1 and 65535"),
);

/** An address without its zone: `fe80::1%eth0` is `fe80::1`. */
export function withoutZone(address: string): string {
  return address.split("%")[0] ?? address;
}

function isAddress(text: string): boolean {
  return isIPv4(text) || isIPv6(text);
}

export function isMulticast(address: string): boolean {
  if (isIPv4(address)) return /^2(2[4-9]|3\d)\./.test(address);
  return /^ff/i.test(address);
}

const Ucast = v.strictObject({
  name: providerName,
  kind: v.literal("ucast"),
  interface: interfaceName,
  /** The peer. */
  address: v.pipe(
    v.string(),
    v.check(isAddress, "an IPv4 or IPv6 address is needed"),
    v.check((text) => !isMulticast(text), "a multicast address needs kind mcast"),
  ),
  port,
});

const Bcast = v.strictObject({
  name: providerName,
  kind: v.literal("bcast"),
  interface: interfaceName,
  port,
});

const Mcast = v.strictObject({
  name: providerName,
  kind: v.literal("mcast"),
  interface: interfaceName,
  group: v.pipe(
    v.string(),
    v.check((text) => isAddress(text) && isMulticast(text), "a multicast address is needed"),
  ),
  port,
  ttl: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
  /** Whether this host hears its own frames. */
  loop: v.boolean(),
});

export const Medium = v.pipe(
  v.variant("kind", [Ucast, Bcast, Mcast]),
  v.check((medium) => {
    if (medium.kind === "bcast") return true;
    const zone = (medium.kind === "ucast" ? medium.address : medium.group).split("%")[1];
    return zone === undefined || zone === medium.interface;
  }, "the zone of the address is not the interface of the medium"),
);
export type Medium = v.InferOutput<typeof Medium>;

export const UdpConfig = v.strictObject({
  media: v.pipe(
    v.array(Medium),
    v.check(
      (media) => new Set(media.map(({ name }) => name)).size === media.length,
      "two media have the same name",
    ),
  ),
});
export type UdpConfig = v.InferOutput<typeof UdpConfig>;
