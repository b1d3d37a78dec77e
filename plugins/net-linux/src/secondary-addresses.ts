// Linux drops every other IPv4 address of a subnet together with the first one that was added to it, unless
// `promote_secondaries` is set. A cluster that gives up one address must not lose its neighbours: they are put back.
import type { HeldAddress } from "@systole/sdk";
import { sameNetwork } from "./ip-address.js";

const SHORTEST_LIFETIME_MS = 1000;

/** Addresses of the removed one's subnet that were there `before` and are not there `after`, as they are to be put back. */
export function lostNeighbours(
  removed: { readonly address: string; readonly prefixLength: number; readonly interface: string },
  before: readonly HeldAddress[],
  after: readonly HeldAddress[],
): HeldAddress[] {
  const lost = before.filter(
    (held) =>
      held.family === 4 &&
      held.interface === removed.interface &&
      held.address !== removed.address &&
      held.prefixLength === removed.prefixLength &&
      sameNetwork(held.address, removed.address, removed.prefixLength) &&
      !after.some((one) => one.address === held.address && one.interface === held.interface),
  );
  // What is left of a lifetime is told to the second below, which may be none.
  return lost.map((held) =>
    held.lifetimeMs === undefined
      ? held
      : { ...held, lifetimeMs: Math.max(held.lifetimeMs, SHORTEST_LIFETIME_MS) },
  );
}
