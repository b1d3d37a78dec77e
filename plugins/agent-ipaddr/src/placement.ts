// Where on this host an address is, or where it would go. Pure.
import type { AddressSpec, HeldAddress, NetworkInterface, Route } from "@systole/sdk";
import type { WantedAddress } from "./address-text.js";
import { broadcastOf } from "./ip-text.js";

/** This host as the Network port shows it. */
export interface HostView {
  readonly interfaces: readonly NetworkInterface[];
  readonly addresses: readonly HeldAddress[];
}

export interface Holding {
  /** On the interface that was asked for, or on any when none was. Several when it has several prefixes. */
  readonly here: readonly HeldAddress[];
  readonly elsewhere: readonly HeldAddress[];
  /** Elsewhere, but not on loopback, where directors of load have their own reasons to put it. */
  readonly moved: readonly HeldAddress[];
}

export function findHolding(wanted: WantedAddress, host: HostView): Holding {
  const held = host.addresses.filter((one) => one.address === wanted.address);
  const isHere = (one: HeldAddress): boolean =>
    wanted.interface === undefined || one.interface === wanted.interface;
  const elsewhere = held.filter((one) => !isHere(one));
  const isLoopback = (name: string): boolean =>
    host.interfaces.some((link) => link.name === name && link.loopback);
  return {
    here: held.filter(isHere),
    elsewhere,
    moved: elsewhere.filter((one) => !isLoopback(one.interface)),
  };
}

/** `reason` is why this node cannot hold the address, for the operator. */
export type Placement =
  | { readonly ok: true; readonly spec: AddressSpec; readonly link: NetworkInterface }
  | { readonly ok: false; readonly reason: string };

/** Completes what was left open from the route that leads to the address. */
export function placeAddress(wanted: WantedAddress, host: HostView, route: Route | undefined): Placement {
  const onLink = route?.onLinkPrefixLength === undefined ? undefined : route;
  const name = wanted.interface ?? onLink?.interface;
  if (name === undefined) {
    return {
      ok: false,
      reason: `no interface of this node is directly connected to the network of ${wanted.address}; name one: ${wanted.address}/${wanted.prefixLength ?? 24}/eth0`,
    };
  }
  const link = host.interfaces.find((one) => one.name === name);
  if (link === undefined) return { ok: false, reason: `this node has no interface ${name}` };
  const routed = onLink?.interface === name ? onLink.onLinkPrefixLength : undefined;
  const prefixLength = wanted.prefixLength ?? routed;
  if (prefixLength === undefined) {
    return {
      ok: false,
      reason: `${name} is not connected to the network of ${wanted.address}: write the mask bits`,
    };
  }
  const broadcast =
    wanted.broadcast ??
    (wanted.family === 4 && !link.loopback ? broadcastOf(wanted.address, prefixLength) : undefined);
  return {
    ok: true,
    link,
    spec: {
      address: wanted.address,
      prefixLength,
      interface: name,
      ...(wanted.label !== undefined && { label: wanted.label }),
      ...(broadcast !== undefined && { broadcast }),
    },
  };
}
