// Messages as large as a datagram, larger ones in compressed form, and one that no datagram holds, said by a program.
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { packFrame, sealStringFrame } from "@systole/core/message";
import { textMessage, type Message } from "@systole/core/ports";
import {
  CLUSTER1,
  LabError,
  MASTER,
  NODE_NAMES,
  pause,
  type Act,
  type Lab,
  type NodeName,
} from "../lab/index.js";
import { statusOf } from "../lab/in-lab.js";
import { Intruder } from "../lab/intruder.js";
import { CLUSTER_KEY, signedFrame, stampNow } from "./forger.js";
import { systoleNodes, unharmed } from "./unharmed.js";

const TALKER = fileURLToPath(new URL("../../dist/interop/talker.js", import.meta.url));
const COPIES = 10;
const ADDRESSES = { master: MASTER, cluster1: CLUSTER1 } as const;

/** What the other node's daemon might send for a program of its: unnumbered, so that the real conversation goes on undisturbed. */
function fromPeer(speaker: Speaker, bytes: number, text: (bytes: number) => string): Message {
  const control = { src: speaker.name, hg: speaker.generation.toString(16), ts: stampNow(), ttl: "3" };
  return textMessage({ t: "NS_talk", payload: text(bytes), from_id: "talk", to_id: "talk", ...control });
}

interface Speaker {
  readonly name: NodeName;
  readonly generation: number;
}

/** The other node, in its present life. */
async function peerOf(lab: Lab, node: NodeName): Promise<Speaker> {
  const name = lab.peerOf(node);
  const [asked] = systoleNodes(lab);
  if (asked === undefined) throw new LabError("no node runs Systole");
  const known = (await statusOf(lab, asked)).nodes.find((one) => one.name === name);
  if (known === undefined) throw new LabError(`${asked} does not know ${name}`);
  return { name, generation: known.generation };
}

const dense = (bytes: number): string => randomBytes(bytes / 2).toString("hex");
const LARGEST = 65_200;

const FORMS: readonly ((speaker: Speaker) => Uint8Array)[] = [
  // Plain, in both forms: the inner signature and the lengths need some bytes of the 65507.
  (speaker) => signedFrame(fromPeer(speaker, LARGEST, dense)),
  (speaker) => sealStringFrame(fromPeer(speaker, LARGEST, dense), CLUSTER_KEY),
  // Compressed as a whole: 64 KiB, and a quarter of a megabyte.
  (speaker) => wrapped(fromPeer(speaker, 64 * 1024, dense)),
  (speaker) => wrapped(fromPeer(speaker, 250_000, (bytes) => "y".repeat(bytes))),
  (speaker) => nested(fromPeer(speaker, 10, dense), 64 * 1024),
];

function wrapped(message: Message): Uint8Array {
  const whole = { innerSignature: true, stringForm: false, wholeAboveBytes: 2048, maxFrameBytes: 65_507 };
  return packFrame(message, CLUSTER_KEY, whole);
}

/** One field that is compressed by itself. */
function nested(message: Message, bytes: number): Uint8Array {
  const child = { name: "child", type: "uncompressed", value: textMessage({ text: dense(bytes) }) } as const;
  const options = { innerSignature: true, stringForm: false, maxFrameBytes: 65_507 };
  return packFrame({ fields: [...message.fields, child] }, CLUSTER_KEY, options);
}

export function largeMessages(): Act {
  return unharmed("large", "messages of 64 kB, plain and compressed", async (lab) => {
    const intruder = new Intruder(lab);
    const before = await countedBySystole(lab);
    const speakers = { master: await peerOf(lab, "master"), cluster1: await peerOf(lab, "cluster1") };
    try {
      for (let copy = 0; copy < COPIES; copy += 1) {
        for (const form of FORMS) {
          for (const node of NODE_NAMES) intruder.send(ADDRESSES[node], form(speakers[node]));
          await pause(40);
        }
      }
      await pause(500);
    } finally {
      intruder.close();
    }
    const after = await countedBySystole(lab);
    const taken = after.received - before.received;
    if (taken < COPIES * FORMS.length || after.refused !== before.refused)
      throw new LabError(
        `Systole took in ${String(taken)} and refused ${String(after.refused - before.refused)}`,
      );
  });
}

async function countedBySystole(lab: Lab): Promise<{ readonly received: number; readonly refused: number }> {
  const counters = await Promise.all(
    systoleNodes(lab).map(async (name) => (await statusOf(lab, name)).counters),
  );
  const sum = (numbers: readonly number[]): number => numbers.reduce((left, right) => left + right, 0);
  return {
    received: sum(counters.map(({ framesReceived }) => framesReceived)),
    refused: sum(counters.flatMap(({ framesRefused }) => Object.values(framesRefused))),
  };
}

/** A program says more than a datagram holds: heartbeat's daemon can never send it, and is asked for it again and again. */
export function oversizedTalk(): Act {
  return unharmed("oversized", "a program says more than a datagram holds", async (lab) => {
    for (const name of NODE_NAMES) {
      const said = await lab.node(name).host.must([process.execPath, TALKER, "40000", "65536", "100000"]);
      if (!said.startsWith("signed on")) throw new LabError(`${name}: the program says: ${said}`);
    }
    await pause(3000);
  });
}
