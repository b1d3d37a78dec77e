// Two groups that have different homes, while nodes come and go.
import { COLD_START, start, stop, withSecondGroupOn } from "./acts.js";
import { describeChain } from "./chain.js";
import { SECOND_GROUP } from "./two-groups.js";

describeChain({
  name: "two homes",
  variant: { auth: "sha1", moreGroups: SECOND_GROUP },
  acts: [
    withSecondGroupOn("cluster1", COLD_START),
    withSecondGroupOn("cluster1", stop("master", "cluster1")),
    withSecondGroupOn("cluster1", start("master", "master")),
    withSecondGroupOn("master", stop("cluster1", "master")),
    withSecondGroupOn("cluster1", start("cluster1", "master")),
  ],
});
