// Somebody else meddles with the address: an operator on the node, another machine in the network.
import { CLUSTER_ADDRESS, pause } from "../../index.js";
import { UNMOVED } from "../promises.js";
import type { Row, Scenario, Stage } from "../row.js";

const NOTICED_MS = 12_000;
/** After it has been taken, the address is announced for a while anyway. */
const ANNOUNCED_MS = 15_000;

const deleted: Row = {
  id: "deleted",
  title: "address deleted by hand",
  perform: async ({ lab }) => {
    await lab.node("master").host.must(["ip", "address", "del", `${CLUSTER_ADDRESS}/24`, "dev", "eth0"]);
    await pause(NOTICED_MS);
  },
  promised: () => UNMOVED,
};

/** Not the gateway's address: the network is told that it is. Three times, as a machine that comes up does. */
async function claim({ lab }: Stage): Promise<void> {
  const settings = "echo 1 > ip_nonlocal_bind; echo 0 > ip_forward";
  await lab.gateway.must(["sh", "-c", `cd /proc/sys/net/ipv4 && ${settings}`]);
  await lab.gateway.must(["arping", "-U", "-c", "3", "-I", "eth0", CLUSTER_ADDRESS]);
}

const claimed: Row = {
  id: "claimed",
  title: "another machine claims the address by ARP",
  perform: async (stage) => {
    await pause(ANNOUNCED_MS);
    await claim(stage);
    await pause(NOTICED_MS);
  },
  promised: () => UNMOVED,
};

export const ADDRESS_SCENARIOS: readonly Scenario[] = [
  { id: deleted.id, rows: [deleted], setUps: ["plain", "heartbeat", "keepalived"] },
  { id: claimed.id, rows: [claimed], setUps: ["plain", "heartbeat", "keepalived"] },
];
