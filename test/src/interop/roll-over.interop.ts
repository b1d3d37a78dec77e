// A heartbeat cluster becomes a Systole cluster, one node at a time on the same files, and goes back one node.
import { COLD_START, replace } from "./acts.js";
import { describeChain } from "./chain.js";
import { HEARTBEAT_ALONE } from "./pairing.js";

describeChain({
  name: "roll-over",
  pairings: [HEARTBEAT_ALONE],
  comparison: false,
  acts: [
    COLD_START,
    replace("cluster1", "systole", "master"),
    replace("master", "systole", "master"),
    replace("cluster1", "heartbeat", "master"),
    replace("master", "heartbeat", "master"),
  ],
});
