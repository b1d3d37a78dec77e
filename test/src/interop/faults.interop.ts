// Without notice: killed daemons, a pulled cable, a daemon that stands still and wakes up.
import { act } from "../lab/index.js";
import { COLD_START, freezeActive, killAndReboot, start } from "./acts.js";
import { describeChain } from "./chain.js";

describeChain({
  name: "killed",
  acts: [
    COLD_START,
    killAndReboot("master"),
    start("master", "master"),
    killAndReboot("cluster1"),
    start("cluster1", "master"),
  ],
});

describeChain({ name: "cable", acts: [COLD_START, act("cable-pulled"), act("cable-back")] });

describeChain({ name: "frozen", acts: [COLD_START, freezeActive("master")] });
