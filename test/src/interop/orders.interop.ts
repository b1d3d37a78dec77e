// One node after the other: who starts alone takes everything, and gives back what is at home on the later one.
import { start, stop } from "./acts.js";
import { describeChain } from "./chain.js";

describeChain({
  name: "in order",
  acts: [
    start("master", "master"),
    start("cluster1", "master"),
    stop("cluster1", "master"),
    start("cluster1", "master"),
    stop("master", "cluster1"),
    start("master", "master"),
  ],
});

describeChain({
  name: "in the other order",
  acts: [start("cluster1", "cluster1"), start("master", "master")],
});
