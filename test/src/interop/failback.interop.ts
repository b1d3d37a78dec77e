// auto_failback off and legacy; `on` is in every other chain.
import { COLD_START, start, stop } from "./acts.js";
import { describeChain } from "./chain.js";

describeChain({
  name: "failback off",
  variant: { auth: "crc", autoFailback: "off" },
  acts: [
    COLD_START,
    stop("master", "cluster1"),
    start("master", "cluster1"),
    stop("cluster1", "master"),
    start("cluster1", "master"),
  ],
});

describeChain({
  name: "failback legacy",
  variant: { medium: "bcast", auth: "md5", autoFailback: "legacy" },
  acts: [COLD_START, stop("master", "cluster1"), start("master", "master"), stop("cluster1", "master")],
});
