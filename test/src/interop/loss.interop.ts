// A fifth of all packets lost in both directions for two minutes: everything is asked for again, and nobody dies.
import { COLD_START, loseAFifth, start, stop } from "./acts.js";
import { describeChain } from "./chain.js";
import { MIXED } from "./pairing.js";

describeChain({
  name: "loss",
  pairings: MIXED.slice(0, 1),
  comparison: false,
  acts: [COLD_START, loseAFifth(120_000, "master"), stop("master", "cluster1"), start("master", "master")],
});
