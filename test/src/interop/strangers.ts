// A foreign cluster on the same port: with a key of its own, and with ours but other names.
import { randomBytes } from "node:crypto";
import type { ClassicAuthenticator } from "@systole/auth-classic";
import type { Message } from "@systole/core/ports";
import { CLUSTER1, LabError, MASTER, monotonicMs, pause, waitFor, type Act, type Lab } from "../lab/index.js";
import { statusOf } from "../lab/in-lab.js";
import { Intruder } from "../lab/intruder.js";
import { CLUSTER_KEY, signedFrame, signer, stampNow } from "./forger.js";
import { systoleNodes, unharmed } from "./unharmed.js";

const FOR_MS = 4000;
const EVERY_MS = 50;
const ALIEN = "alien";

/** What a node says that is about to take everything from a cluster that it believes to be its own. */
const WORDS: readonly Readonly<Record<string, string>>[] = [
  { t: "status", st: "active", dt: "3e8", protocol: "1" },
  { t: "starting" },
  { t: "resource", rsc_hold: "all", rtype: "full", isstable: "1" },
  { t: "ask_resources", rsc_hold: "all", info: "me" },
  { t: "hb_takeover", rsc_hold: "all" },
  { t: "repnodes", nodelist: "alien other ", delnodelist: " " },
  { t: "shutdone", st: "dead" },
];

function said(by: string, sequence: number, uuid: Uint8Array): Message {
  const words = WORDS[sequence % WORDS.length] ?? {};
  const control = { src: by, seq: sequence.toString(16), hg: stampNow(), ts: stampNow(), ttl: "3" };
  const text = Object.entries({ ...words, ...control }).map(
    ([name, value]) => ({ name, type: "string", value }) as const,
  );
  return { fields: [...text, { name: "srcuuid", type: "binary", value: uuid }] };
}

/** A node of that name speaks to both nodes for some seconds. */
export async function speak(lab: Lab, name: string, key: ClassicAuthenticator): Promise<void> {
  const intruder = new Intruder(lab);
  const uuid = randomBytes(16);
  try {
    const endMs = monotonicMs() + FOR_MS;
    for (let sequence = 1; monotonicMs() < endMs; sequence += 1) {
      const frame = signedFrame(said(name, sequence, uuid), key);
      for (const address of [MASTER, CLUSTER1]) intruder.send(address, frame);
      await pause(EVERY_MS);
    }
  } finally {
    intruder.close();
  }
}

/** Another key, and even the names of this cluster: nothing of it may be believed. */
export function foreignKey(): Act {
  return unharmed("foreign-key", "a cluster with another key", async (lab) => {
    await speak(lab, "cluster1", signer("Servus!"));
    for (const name of systoleNodes(lab)) {
      const { framesRefused } = (await statusOf(lab, name)).counters;
      if ((framesRefused["mismatch"] ?? 0) < 10)
        throw new LabError(`${name} counted ${JSON.stringify(framesRefused)}`);
    }
  });
}

/** Our key, other names. */
export function foreignNames(): Act {
  return unharmed("foreign-names", "a cluster with our key and other names", async (lab) => {
    await speak(lab, ALIEN, CLUSTER_KEY);
    for (const name of systoleNodes(lab)) {
      const { framesRefused } = (await statusOf(lab, name)).counters;
      if ((framesRefused["foreign"] ?? 0) < 10)
        throw new LabError(`${name} counted ${JSON.stringify(framesRefused)}`);
      await problemNamed(lab, ALIEN);
      if (!lab.node(name).read("/var/log/ha-log").includes("message.foreign"))
        throw new LabError(`the log of ${name} does not name the stranger`);
    }
  });
}

/** Waits until every Systole node shows a problem that has the word. */
export async function problemNamed(lab: Lab, word: string): Promise<void> {
  for (const name of systoleNodes(lab)) {
    let seen: readonly string[] = [];
    await waitFor(
      `${name} to show a problem with ${word}`,
      async () => {
        seen = (await statusOf(lab, name)).problems ?? [];
        return seen.some((problem) => problem.includes(word));
      },
      { timeoutMs: 10_000, everyMs: 200, describe: () => JSON.stringify(seen) },
    );
  }
}
