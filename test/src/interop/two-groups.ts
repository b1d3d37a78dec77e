// Where two groups are that have different homes, master's and cluster1's.
import { SECOND_ADDRESS } from "./acts.js";

export const AT_HOME = { master: "master", cluster1: "cluster1" } as const;
export const CROSSED = { master: "cluster1", cluster1: "master" } as const;
export const ON_MASTER = { master: "master", cluster1: "master" } as const;
export const ON_CLUSTER1 = { master: "cluster1", cluster1: "cluster1" } as const;

export const SECOND_GROUP = [`cluster1 ${SECOND_ADDRESS}/24/eth0:1`];
