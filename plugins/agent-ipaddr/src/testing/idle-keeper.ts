// A keeper of addresses that hears of nothing: it only adds what it is given.
import type { Logger, Network } from "@systole/sdk";
import { MemoryPulse, VirtualClock } from "@systole/sdk/testkit";
import { AddressKeeper } from "../address-keeper.js";

export function idleKeeper(network: Network, log: Logger): AddressKeeper {
  const config = { deadMs: 3000 };
  return new AddressKeeper({ network, pulse: new MemoryPulse(), clock: new VirtualClock(), log, config });
}
