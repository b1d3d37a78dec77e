// hb_standby and hb_takeover with each set, given on either side, with two groups that have different homes.
import { COLD_START, command, SECOND_ADDRESS, start, stop, withSecondGroupOn } from "./acts.js";
import { describeChain } from "./chain.js";

const AT_HOME = { master: "master", cluster1: "cluster1" } as const;
const CROSSED = { master: "cluster1", cluster1: "master" } as const;
const ON_MASTER = { master: "master", cluster1: "master" } as const;
const ON_CLUSTER1 = { master: "cluster1", cluster1: "cluster1" } as const;

const moreGroups = [`cluster1 ${SECOND_ADDRESS}/24/eth0:1`];

describeChain({
  name: "standby",
  variant: { medium: "bcast", autoFailback: "off", moreGroups },
  acts: [
    withSecondGroupOn("cluster1", COLD_START),
    command("standby", "all", "master", ON_CLUSTER1),
    command("takeover", "all", "master", ON_MASTER),
    command("standby", "foreign", "master", AT_HOME),
    command("standby", "local", "cluster1", ON_MASTER),
    command("takeover", "local", "cluster1", AT_HOME),
    command("takeover", "foreign", "cluster1", ON_CLUSTER1),
    command("takeover", "local", "master", AT_HOME),
    command("standby", "all", "cluster1", ON_MASTER),
    command("takeover", "all", "cluster1", ON_CLUSTER1),
    command("takeover", "foreign", "master", CROSSED),
    command("standby", "foreign", "cluster1", ON_MASTER),
    command("standby", "local", "master", CROSSED),
  ],
});

describeChain({
  name: "two homes",
  variant: { auth: "sha1", moreGroups },
  acts: [
    withSecondGroupOn("cluster1", COLD_START),
    withSecondGroupOn("cluster1", stop("master", "cluster1")),
    withSecondGroupOn("cluster1", start("master", "master")),
    withSecondGroupOn("master", stop("cluster1", "master")),
    withSecondGroupOn("cluster1", start("cluster1", "master")),
  ],
});
