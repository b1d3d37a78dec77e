// Somebody who is not the cluster speaks to it: on the wire, and at the control socket.
import { CLUSTER1, LabError, MASTER, nodeFiles, NODE_NAMES, pause, waitFor, type Lab } from "../../index.js";
import { Intruder } from "../../intruder.js";
import { CLUSTER_KEY, signer } from "../../../interop/forger.js";
import { speak } from "../../../interop/strangers.js";
import { deaths } from "../deaths.js";
import { TAKEN_OVER, UNMOVED } from "../promises.js";
import type { Row, Scenario, Stage } from "../row.js";
import { giveUnknownKey } from "../seal.js";

const NOTICED_MS = 5000;
/** Of a cluster that moves to the other node and home again: goodbyes, claims and takeovers. */
const LISTENING_MS = 2000;
const REPLAYS = 5;
const BETWEEN_MS = 300;
const STRANGER = "65534";

function named(id: string, title: string, by: string, key: ReturnType<typeof signer>): Row {
  return {
    id,
    title,
    perform: ({ lab }) => undead(lab, () => speak(lab, by, key)),
    promised: () => UNMOVED,
  };
}

/** Does it; nobody may call a node dead meanwhile. */
async function undead(lab: Lab, work: () => Promise<void>): Promise<void> {
  const before = deaths(lab);
  await work();
  await pause(LISTENING_MS);
  if (deaths(lab) > before) throw new LabError("a node was called dead because of strangers' words");
}

const replayed: Row = {
  id: "replayed",
  title: "every packet of a move to and fro, replayed five times",
  perform: async ({ lab, setUp }: Stage) => {
    const intruder = new Intruder(lab);
    try {
      await lab.node("master").stop(60_000);
      await holds(lab, "cluster1");
      await lab.node("master").start();
      await holds(lab, "master");
      await pause(LISTENING_MS + setUp.restMs);
      const heard = [...intruder.heard];
      if (heard.length < 20) throw new LabError(`heard ${String(heard.length)} packets only`);
      await undead(lab, async () => {
        for (let round = 0; round < REPLAYS; round += 1) {
          for (const { bytes } of heard)
            for (const address of [MASTER, CLUSTER1]) intruder.send(address, bytes);
          await pause(BETWEEN_MS);
        }
      });
      await pause(NOTICED_MS);
    } finally {
      intruder.close();
    }
  },
  promised: () => ({ ends: ["master"], twoOwnersMs: 0 }),
};

function holds(lab: Lab, node: "master" | "cluster1"): Promise<unknown> {
  return waitFor(`the address on ${node} alone`, () => lab.holders.now().join() === node, {
    timeoutMs: 60_000,
  });
}

const wrongKeys: Row = {
  id: "wrong-keys",
  title: "the idle node is started again with another key",
  perform: async ({ lab, setUp }) => {
    const cluster1 = lab.node("cluster1");
    await cluster1.stop(60_000);
    if (setUp.id === "sealed") await giveUnknownKey(lab, "cluster1");
    const text = nodeFiles("cluster1").authkeys.replace("Hello!", "Servus!");
    cluster1.write([{ path: "/etc/ha.d/authkeys", text, mode: 0o600 }]);
    await cluster1.start();
    await pause(3 * NOTICED_MS);
  },
  promised: (setUp) => (setUp === "fenced" ? TAKEN_OVER : UNMOVED),
};

/** What a user of the machine may try: the commands that move everything. */
const SYSTOLE_KNOCK = `
const { connect } = require("node:net");
const socket = connect("/run/systole/control.sock", () => socket.write('{"command":"standby","set":"all"}\\n'));
socket.on("data", (text) => console.log(String(text)));
socket.on("error", ({ code }) => console.log(code));
setTimeout(() => process.exit(), 1000);`;

const stranger: Row = {
  id: "stranger",
  title: "another user of the machine asks the daemon to give everything away",
  perform: async ({ lab, setUp }) => {
    const knock =
      setUp.implementation === "systole"
        ? [process.execPath, "-e", SYSTOLE_KNOCK]
        : ["sh", "/usr/share/heartbeat/hb_standby", "all"];
    for (const name of NODE_NAMES) {
      const as = ["setpriv", "--reuid", STRANGER, "--regid", STRANGER, "--clear-groups", ...knock];
      const { stdout, stderr } = await lab.node(name).host.run(as);
      if (stderr.includes("setpriv")) throw new LabError(stderr);
      if (stdout.includes('"ok":true')) throw new LabError(`${name} does what a stranger says: ${stdout}`);
    }
    await pause(NOTICED_MS);
  },
  promised: () => UNMOVED,
};

export const WIRE_SCENARIOS: readonly Scenario[] = [
  {
    id: "forged",
    rows: [
      named("forged", "forged packets in the peer's name, another key", "cluster1", signer("Servus!")),
      named("foreign", "packets of a cluster with our key and other names", "alien", CLUSTER_KEY),
    ],
    setUps: ["plain", "sealed", "heartbeat"],
    tested: ["plain", "sealed"],
  },
  {
    id: replayed.id,
    rows: [replayed],
    setUps: ["plain", "sealed", "heartbeat"],
    tested: ["plain", "sealed"],
    variant: { medium: "bcast" },
  },
  {
    id: wrongKeys.id,
    rows: [wrongKeys],
    setUps: ["plain", "ping", "fenced", "sealed", "heartbeat"],
    tested: ["plain", "fenced", "sealed"],
  },
  {
    id: stranger.id,
    rows: [stranger],
    setUps: ["plain", "heartbeat"],
    tested: ["plain"],
    needsRealRoot: true,
  },
];
