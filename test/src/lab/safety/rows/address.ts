// Somebody else meddles with the address: an operator on the node, another machine in the network.
import { CLUSTER_ADDRESS, pause } from "../../index.js";
import { UNMOVED } from "../promises.js";
import type { Row, Scenario, Stage } from "../row.js";
import type { SetUpId } from "../set-up.js";

const EVERYWHERE: readonly SetUpId[] = ["plain", "lease", "heartbeat", "keepalived"];
/** A status is asked for every 10 s: who waits for that is not at once. */
const NOTICED_MS = 12_000;
/** After it has been taken, the address is announced for a while anyway. */
const ANNOUNCED_MS = 15_000;
/** Put back as soon as the kernel says that it is gone. */
const PUT_BACK_MS = 1000;
/** Announced again a second after it was claimed, and again while others claim it; a neighbour entry would last for 8 s. */
const ANNOUNCED_AGAIN_MS = 5000;

const deleted: Row = {
  id: "deleted",
  title: "address deleted by hand",
  perform: async ({ lab }) => {
    await lab.node("master").host.must(["ip", "address", "del", `${CLUSTER_ADDRESS}/24`, "dev", "eth0"]);
    await pause(NOTICED_MS);
  },
  promised: () => ({ ...UNMOVED, gapMs: PUT_BACK_MS }),
};

/** Not the gateway's address: the network is told that it is. */
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
  promised: () => ({ ...UNMOVED, gapMs: ANNOUNCED_AGAIN_MS }),
};

export const ADDRESS_SCENARIOS: readonly Scenario[] = [
  { id: deleted.id, rows: [deleted], setUps: EVERYWHERE, tested: ["lease"] },
  { id: claimed.id, rows: [claimed], setUps: EVERYWHERE, tested: ["plain"] },
];
