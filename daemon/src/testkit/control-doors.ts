// The doors of the control socket: what anybody there may say, and what answers a command that asks.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { ControlResponse, MAX_REQUEST_BYTES, onlyReads, parseRequest } from "../control/protocol.js";
import { LineReader } from "../control/line-reader.js";
import { ControlRoom } from "./control-room.js";

const WORDS = ['"command":', '"status"', '"stop"', '"standby"', '"set":"all"', '"timeoutMs":1', '"fence"', '"node"', '"edit":', '"kind":"add"', '"__proto__":{}', "null", "\n", "{", "[["]; // prettier-ignore
const REQUESTS = [
  '{"command":"status"}',
  '{"command":"standby","set":"all","timeoutMs":1000}',
  '{"command":"node","edit":{"kind":"add","nodes":["a","b"]}}',
  '{"command":"node","edit":{"kind":"weight","node":"a","weight":7}}',
  '{"command":"fence","node":"cluster1"}',
  '{"command":"cleanup","name":"nginx"}',
];

let room: Promise<ControlRoom> | undefined;

/** Opened with the first input, closed with the process; whoever tries the doors takes its directory away. */
function openRoom(): Promise<ControlRoom> {
  room ??= (async () => {
    const made = new ControlRoom();
    await made.open();
    return made;
  })();
  return room;
}

/** What `talk` writes, in pieces that end where nobody expects it. */
function say(path: string, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = "";
    const end = (): void => resolve(text);
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("error", end);
    socket.on("close", end);
    const half = bytes.subarray(0, bytes.length >> 1);
    socket.write(half, () => socket.end(bytes.subarray(half.length)));
  });
}

export const controlDoors = [
  {
    name: "control-request",
    promise: "a request of the protocol, or a refusal with a code and a sentence; never an exception",
    words: WORDS,
    seeds: REQUESTS,
    feed(bytes: Uint8Array): string {
      const parsed = parseRequest(Buffer.from(bytes).toString("utf8"));
      if (!parsed.ok) {
        assert.notEqual(parsed.reason, "");
        return parsed.code;
      }
      const written = JSON.stringify(parsed.request);
      const again = parseRequest(written);
      assert.ok(again.ok);
      assert.equal(JSON.stringify(again.request), written);
      return `${parsed.request.command} ${onlyReads(parsed.request)}`;
    },
  },
  {
    name: "control-lines",
    promise: "the same lines however the bytes are cut, and no more kept than one line may have",
    words: ["\n", "{}", "\r\n"],
    seeds: ['{"command":"status"}\n{"command":"ping"}\n', "\n\n"],
    feed(bytes: Uint8Array): string {
      const read = (size: number): readonly string[] => {
        const heard: string[] = [];
        const reader = new LineReader(4096, {
          line: (text) => heard.push(text),
          tooLong: () => heard.push("!"),
        });
        for (let at = 0; at < bytes.length; at += size)
          reader.push(Buffer.from(bytes.subarray(at, at + size)));
        return heard;
      };
      const whole = read(bytes.length + 1);
      assert.deepEqual(read(7), whole);
      return `${Math.min(2, whole.length)} ${whole.includes("!")}`;
    },
  },
  {
    name: "control-socket",
    promise:
      "each line is answered with one line of the protocol, then the daemon goes on; nothing is done that was not asked",
    words: WORDS,
    slow: true,
    seeds: [`${REQUESTS[0]}\n`, `${REQUESTS[0]}\n{}\n`, '{"command":"ping"}\n'],
    async feed(bytes: Uint8Array): Promise<string> {
      const { path } = await openRoom();
      const answers = (await say(path, bytes)).split("\n").filter((line) => line !== "");
      const lines = Buffer.from(bytes).toString("utf8").split("\n").length;
      assert.ok(answers.length <= lines + 1);
      const kinds = answers.map((line) => {
        const answer = ControlResponse.parse(JSON.parse(line));
        return answer.ok ? "ok" : answer.code;
      });
      assert.ok(!kinds.includes("internal"), "the daemon failed to answer");
      const alive = await say(path, Buffer.from('{"command":"ping"}\n'));
      assert.match(alive, /"ok":true/);
      assert.ok(bytes.length <= MAX_REQUEST_BYTES || answers.length > 0);
      return [...new Set(kinds)].toSorted().join();
    },
  },
  {
    name: "control-answer",
    promise: "an answer of the protocol, or none: a command does not believe whatever answers it",
    words: ['"ok":true', '"status":', '"pid":1', '"version":"1"', "null", "[]"],
    seeds: [
      '{"ok":true,"pid":1,"version":"0.1.0","reason":"done"}',
      '{"ok":false,"code":"refused","reason":"no"}',
    ],
    feed(bytes: Uint8Array): string {
      let json: unknown;
      try {
        json = JSON.parse(Buffer.from(bytes).toString("utf8"));
      } catch {
        return "no JSON";
      }
      const parsed = ControlResponse.safeParse(json);
      return parsed.success ? `answer ${parsed.data.ok}` : "none";
    },
  },
];
