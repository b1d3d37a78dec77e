// Systole is started from a copied disk, beside the heartbeat that it was copied from.
import { COLD_START, start, stop } from "./acts.js";
import { describeChain } from "./chain.js";
import { MIXED } from "./pairing.js";
import { namesTheCopy, startAsCopy } from "./twins.js";
import { PATIENT } from "./unharmed.js";

describeChain({
  name: "copied uuid",
  variant: PATIENT,
  pairings: MIXED.slice(0, 1),
  comparison: false,
  acts: [
    COLD_START,
    stop("cluster1", "master"),
    startAsCopy("cluster1", "master"),
    namesTheCopy(),
    stop("master", "cluster1"),
    start("master", "master"),
  ],
});
