// Every row of docs/safety.md, in its order.
import { ADDRESS_SCENARIOS } from "./rows/address.js";
import { DAEMON_SCENARIOS } from "./rows/daemon.js";
import { FENCE_SCENARIOS } from "./rows/fence.js";
import { MACHINE_SCENARIOS } from "./rows/machine.js";
import { NETWORK_SCENARIOS } from "./rows/network.js";
import { WIRE_SCENARIOS } from "./rows/wire.js";
import type { Scenario } from "./row.js";

export const SCENARIOS: readonly Scenario[] = [
  ...DAEMON_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...MACHINE_SCENARIOS,
  ...FENCE_SCENARIOS,
  ...ADDRESS_SCENARIOS,
  ...WIRE_SCENARIOS,
];
