// The policy `haresources` as hosts take it: with heartbeat's R1 protocol where a heartbeat may be heard, and without where none can.
import { haresources } from "./haresources.js";
import { R1Bridge } from "./r1-bridge.js";
import { Restarts } from "./restarts.js";

export const haresourcesPolicy = haresources({
  bridgeOf: (init) => new R1Bridge(init),
  restartsOf: (init) => new Restarts(init),
});
/** For a function: no heartbeat speaks HTTP, and operators ask the daemons. A third smaller. */
export const claimsPolicy = haresources({});
