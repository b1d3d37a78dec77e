/** Where foreign bytes come into the client API, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { textMessage } from "@systole/sdk";
import { idTable } from "../access.js";
import { frame, FrameReader } from "../frame.js";
import { LIMITS } from "../limits.js";
import { openApi, ROOT, TEXT_CODEC, type ApiRoom } from "./api-room.js";

const saying = (fields: Readonly<Record<string, string>>): Buffer =>
  frame(TEXT_CODEC.encode(textMessage(fields)));
const SIGN_ON = saying({ t: "hbapi-req", reqtype: "signon", pid: "4711", from_id: "tester" });
const STATUS = saying({ t: "hbapi-req", reqtype: "nodestatus", node: "bravo" });
const WORDS = [">>>\n", "<<<\n", "t=hbapi-req\n", "reqtype=signoff\n", "reqtype=setfilter\n", "fmask=ffffffff\n", "reqtype=getparm\npname=__proto__\n", "t=status\n", "t=ask_resources\ninfo=me\n", "dest=bravo\n", "from_id=\n", "\0", "\xcd\xab\0\0"]; // prettier-ignore

let room: Promise<ApiRoom> | undefined;

function openRoom(): Promise<ApiRoom> {
  room ??= openApi({ access: [{ name: "tester", users: ["root"], groups: [] }] });
  return room;
}

/** What comes back until the daemon, or this end, has had enough. */
function talk(path: string, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const heard: Buffer[] = [];
    socket.on("data", (chunk) => heard.push(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(Buffer.concat(heard)));
    socket.end(bytes);
  });
}

export const doors = [
  {
    name: "api-frames",
    promise: "the same bodies however the bytes are cut; a length below one or beyond 256 KiB ends it",
    words: WORDS,
    seeds: [Buffer.concat([SIGN_ON, STATUS])],
    feed(bytes: Uint8Array): string {
      const read = (size: number): readonly string[] => {
        const reader = new FrameReader(LIMITS.frameBytes);
        const bodies: string[] = [];
        for (let at = 0; at < bytes.length; at += size) {
          reader.push(Buffer.from(bytes.subarray(at, at + size)));
          for (let body = reader.next(); body !== undefined; body = reader.next()) {
            if (body === "bad") return [...bodies, "bad"];
            bodies.push(Buffer.from(body).toString("latin1"));
          }
        }
        return bodies;
      };
      const whole = read(bytes.length + 1);
      assert.deepEqual(read(5), whole);
      return `${Math.min(2, whole.length)} ${whole.at(-1) === "bad"}`;
    },
  },
  {
    name: "api-session",
    promise:
      "answers in frames; who is not signed on is told nothing, and nothing is said to the cluster for him but that he came and went",
    words: WORDS,
    slow: true,
    seeds: [
      Buffer.concat([SIGN_ON, STATUS]),
      STATUS,
      Buffer.concat([SIGN_ON, saying({ t: "hello", dest: "bravo", info: "x" })]),
      Buffer.concat([SIGN_ON, saying({ t: "ask_resources", info: "me", rsc_hold: "all" })]),
    ],
    async feed(bytes: Uint8Array): Promise<string> {
      const { path, cluster, as, logged } = await openRoom();
      as(ROOT);
      cluster.sent.length = 0;
      cluster.requested.length = 0;
      logged.length = 0;
      const heard = await talk(path, bytes);
      const reader = new FrameReader(LIMITS.queueBytes);
      reader.push(heard);
      let answers = 0;
      for (let body = reader.next(); body !== undefined; body = reader.next()) {
        assert.notEqual(body, "bad");
        answers += 1;
      }
      const joined = logged.includes("api.client-joined");
      if (!joined) assert.deepEqual([cluster.sent, cluster.requested], [[], []]);
      for (const { message } of cluster.sent)
        assert.ok(
          message.fields[0]?.name === "t" && TEXT_CODEC.encode(message).length < LIMITS.clusterMessageBytes,
        );
      return `${joined} ${Math.min(3, answers)} ${Math.min(3, cluster.sent.length)} ${cluster.requested.length > 0}`;
    },
  },
  {
    name: "passwd",
    promise: "numbers by name; a line that is none is passed over",
    words: [":", "\n", "0", "root"],
    seeds: ["root:x:0:0:root:/root:/bin/sh\nhacluster:x:103:106::/:/bin/false\n"],
    feed(bytes: Uint8Array): string {
      const table = idTable(Buffer.from(bytes).toString("utf8"));
      for (const id of table.values()) assert.ok(id >= 0);
      return String(Math.min(3, table.size));
    },
  },
];
