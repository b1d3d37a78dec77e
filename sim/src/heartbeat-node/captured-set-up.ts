// The nodes whose packets were captured: the model's own tests run the same.
import type { GroupSpec, MembershipTimings } from "@systole/core/ports";

export const NODES = ["alpha", "bravo"] as const;

/** Those of the captured nodes. */
export const TIMINGS: MembershipTimings = {
  keepaliveMs: 1000,
  warnMs: 3000,
  deadMs: 6000,
  initialDeadMs: 12_000,
  pingDeadMs: 6000,
  maxRetransmitDelayMs: 250,
};

export const GROUPS: readonly GroupSpec[] = [
  {
    key: "10.66.0.100/24/eth0",
    home: "alpha",
    resources: [
      { name: "10.66.0.100/24/eth0", agent: "ipaddr" },
      { name: "web", agent: "nginx" },
    ],
  },
  { key: "Dummy2", home: "bravo", resources: [{ name: "Dummy2", agent: "lsb" }] },
];
