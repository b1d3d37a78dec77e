// The daemon is killed as a whole, the active and the idle one.
import { COLD_START, killAndReboot, start } from "./acts.js";
import { describeChain } from "./chain.js";

describeChain({
  name: "killed",
  variant: { medium: "mcast", auth: "sha1" },
  acts: [
    COLD_START,
    killAndReboot("master"),
    start("master", "master"),
    killAndReboot("cluster1"),
    start("cluster1", "master"),
  ],
});
