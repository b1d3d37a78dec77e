// Each side loses the gateway: ipfail, heartbeat's as its client and Systole's own, moves the groups and moves them back.
import { COLD_START, losePing, regainPing } from "./acts.js";
import { describeChain } from "./chain.js";

describeChain({
  name: "ipfail",
  variant: { medium: "mcast" },
  acts: [
    COLD_START,
    losePing("master"),
    regainPing("master", "master"),
    losePing("cluster1"),
    regainPing("cluster1", "master"),
  ],
});
