// hb_standby and hb_takeover with each set, given on either side, with two groups that have different homes: how they get apart and home.
import { COLD_START, command, withSecondGroupOn } from "./acts.js";
import { describeChain } from "./chain.js";
import { AT_HOME, ON_CLUSTER1, ON_MASTER, SECOND_GROUP } from "./two-groups.js";

describeChain({
  name: "standby",
  variant: { medium: "bcast", autoFailback: "off", moreGroups: SECOND_GROUP },
  acts: [
    withSecondGroupOn("cluster1", COLD_START),
    command("standby", "all", "master", ON_CLUSTER1),
    command("takeover", "all", "master", ON_MASTER),
    command("standby", "foreign", "master", AT_HOME),
    command("standby", "local", "cluster1", ON_MASTER),
    command("takeover", "local", "cluster1", AT_HOME),
  ],
});
