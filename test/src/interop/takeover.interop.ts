// The other half of the commands for two groups that have different homes: from home to the other node, and crossed.
import { COLD_START, command, withSecondGroupOn } from "./acts.js";
import { describeChain } from "./chain.js";
import { AT_HOME, CROSSED, ON_CLUSTER1, ON_MASTER, SECOND_GROUP } from "./two-groups.js";

describeChain({
  name: "takeover",
  variant: { medium: "bcast", autoFailback: "off", moreGroups: SECOND_GROUP },
  acts: [
    withSecondGroupOn("cluster1", COLD_START),
    command("takeover", "foreign", "cluster1", ON_CLUSTER1),
    command("takeover", "local", "master", AT_HOME),
    command("standby", "all", "cluster1", ON_MASTER),
    command("takeover", "all", "cluster1", ON_CLUSTER1),
    command("takeover", "foreign", "master", CROSSED),
    command("standby", "foreign", "cluster1", ON_MASTER),
    command("standby", "local", "master", CROSSED),
  ],
});
