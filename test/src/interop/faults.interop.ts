// Both nodes take the address and meet again: after a pulled cable, and after a daemon that stood still.
import { COLD_START, freezeActive, plugCable, pullCable } from "./acts.js";
import { describeChain } from "./chain.js";

describeChain({
  name: "cable",
  variant: { medium: "bcast", auth: "sha1" },
  acts: [
    COLD_START,
    pullCable("master"),
    plugCable("master", "master"),
    pullCable("cluster1"),
    plugCable("cluster1", "master"),
  ],
});

describeChain({
  name: "frozen",
  variant: { medium: "mcast", auth: "crc" },
  acts: [COLD_START, freezeActive("master")],
});
