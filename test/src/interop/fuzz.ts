// What is wrong inside and has a signature that is right: only Systole is told, since heartbeat's parser does not live through it.
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { encodeNetstring } from "@systole/core/message";
import { textMessage, type Field, type Message } from "@systole/core/ports";
import { CLUSTER1, LabError, MASTER, pause, type Act, type Lab, type NodeName } from "../lab/index.js";
import { statusOf } from "../lab/in-lab.js";
import { Intruder } from "../lab/intruder.js";
import { signedBody, signedFrame, stampNow } from "./forger.js";
import { systoleNodes, unharmed } from "./unharmed.js";

const MUTATIONS = 400;
const ADDRESSES = { master: MASTER, cluster1: CLUSTER1 } as const;

/** The same numbers in every run. */
function* numbers(seed: string): Generator<number, never> {
  for (let round = 0; ; round += 1) {
    const block = createHash("sha256")
      .update(`${seed} ${String(round)}`)
      .digest();
    for (let at = 0; at < block.length; at += 4) yield block.readUInt32BE(at);
  }
}

/** Fields of an acknowledgement, whose content can at worst be an acknowledgement. */
function acknowledgement(from: NodeName, to: NodeName): Message {
  return textMessage({
    t: "NS_ackmsg",
    dest: to,
    ackseq: "1",
    src: from,
    ts: stampNow(),
    ttl: "3",
  });
}

/** The fields as netstrings, without frame and signature. */
function bodyOf(message: Message): Buffer {
  const bytes = encodeNetstring(message);
  return Buffer.from(bytes.subarray(4, bytes.length - 4));
}

/** One to four bytes changed, taken out or doubled; or cut short. */
function mutated(body: Buffer, random: Generator<number, never>): Buffer {
  let changed = Buffer.from(body);
  for (let left = 1 + (random.next().value % 4); left > 0; left -= 1) {
    const at = random.next().value % changed.length;
    const byte = random.next().value & 0xff;
    const kind = random.next().value % 5;
    if (kind < 2) changed[at] = byte;
    else if (kind === 2) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1)]);
    else if (kind === 3) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at >> 1)]);
    else changed = changed.subarray(0, Math.max(1, at));
  }
  return changed;
}

/** Numbers that are none, that are too large, or that mean everything. */
const NUMBERS = [
  "",
  "-1",
  "0",
  "ffffffffffffffffffffffff",
  "9".repeat(5000),
  "NaN",
  "1e9",
  " 1",
  "0x10",
  "\u0000",
];

function wrongNumbers(from: NodeName, to: NodeName): readonly Buffer[] {
  return NUMBERS.flatMap((value) => {
    // Without a generation, which would be a former one: believed to be of the present.
    const control = { dest: to, src: from, ts: stampNow(), ttl: "3" };
    return [
      { t: "NS_ackmsg", ackseq: value, ...control },
      { t: "NS_rexmit", firstseq: value, lastseq: "999999999999999", ...control },
      { t: "NS_rexmit", firstseq: "1", lastseq: value, ...control },
      { t: "NS_nak_rexmit", firstseq: value, info: "seqno too low", ...control },
      { t: "NS_ackmsg", ackseq: "1", ...control, ts: value },
    ].map((fields) => signedBody(bodyOf(textMessage(fields))));
  });
}

function text(name: string, value: string): Field {
  return { name, type: "string", value };
}

/** Compressed payloads that are none, or that are far larger than they look. */
function wrongPayloads(): readonly Buffer[] {
  const bomb = deflateSync(Buffer.alloc(40 * 1024 * 1024));
  const payloads: readonly (readonly [algorithm: string, bytes: Buffer])[] = [
    ["zlib", bomb.subarray(0, 60_000)],
    ["zlib", deflateSync(Buffer.alloc(4 * 1024 * 1024, 0x3e))],
    ["zlib", Buffer.from("no stream at all")],
    ["zlib", deflateSync(Buffer.from(">>>\nt=status\n")).subarray(0, 12)],
    ["bz2", Buffer.from("BZh9 and then nothing")],
    ["bz2", Buffer.alloc(60_000, 0x42)],
    ["lzma", Buffer.alloc(100)],
  ];
  return payloads.map(([algorithm, value]) =>
    signedFrame({
      fields: [
        { name: "_compressed_payload", type: "binary", value },
        text("_compression_algorithm", algorithm),
      ],
    }),
  );
}

/** More fields than there can be, messages in messages in messages, names without end, nothing at all. */
function wrongShapes(from: NodeName): readonly Buffer[] {
  const many = Array.from({ length: 6000 }, (_, index) => `9:(0)a${String(index % 10)}=xyz,`).join("");
  let deep = "7:(0)a=bc,";
  for (let depth = 0; depth < 40; depth += 1) {
    const child = `(2)m=###\n${deep}%%%\n`;
    deep = `${String(child.length)}:${child},`;
  }
  const longName = `(0)${"n".repeat(5000)}=v`;
  return [
    many,
    deep,
    `${String(longName.length)}:${longName},`,
    "",
    "99999999999999999999:(0)t=status,",
    "10:(9)t=stat,",
    "6:t=stat,",
    `13:(0)t=NS_talk,${String(8 + from.length)}:(0)src=${from},`,
  ].map((body) => signedBody(Buffer.from(body, "latin1")));
}

function packets(from: NodeName, to: NodeName): readonly Buffer[] {
  const random = numbers("bad company");
  const body = bodyOf(acknowledgement(from, to));
  const changed = Array.from({ length: MUTATIONS }, () => signedBody(mutated(body, random)));
  return [...changed, ...wrongNumbers(from, to), ...wrongPayloads(), ...wrongShapes(from)];
}

/** Everything above to every Systole node, as if its peer had sent it. */
export function fuzzed(): Act {
  return unharmed("fuzzed", "broken frames with a right signature, to Systole", async (lab: Lab) => {
    const intruder = new Intruder(lab);
    try {
      for (const node of systoleNodes(lab)) {
        const before = await refused(lab, node);
        for (const [index, packet] of packets(lab.peerOf(node), node).entries()) {
          intruder.send(ADDRESSES[node], packet);
          // What is compressed costs tens of milliseconds each: no more than a node could be sent by mistake.
          if (packet.length > 2000) await pause(200);
          else if (index % 20 === 19) await pause(20);
        }
        await pause(500);
        const counted = (await refused(lab, node)) - before;
        if (counted < MUTATIONS / 2) throw new LabError(`${node} refused only ${String(counted)} of them`);
      }
    } finally {
      intruder.close();
    }
  });
}

async function refused(lab: Lab, node: NodeName): Promise<number> {
  const { framesRefused } = (await statusOf(lab, node)).counters;
  return Object.values(framesRefused).reduce((sum, count) => sum + count, 0);
}
