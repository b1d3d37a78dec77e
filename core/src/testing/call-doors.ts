// The doors of signed calls: what a stranger may send to a function, and what comes with a signature that is right.
import assert from "node:assert/strict";
import {
  asLambda,
  framesAnswer,
  framesCall,
  MAX_EXCHANGED_FRAME_BYTES,
  MAX_FRAMES,
  readFramesAnswer,
  readFramesCall,
  signedHandler,
} from "../http/index.js";

const KEY = "k".repeat(32);
const ANSWERED = new Set([200, 202, 400, 409]);
const REFUSED = new Set([401, 405, 413, 500]);
const WORDS = ["systole-key: c\n", "systole-signature: ", "POST", "TRACE", "\n\n", "00000000-0000-4000-8000-000000000000", "2026-01-01T00:00:00.000Z"]; // prettier-ignore

let acted = 0;
const handler = signedHandler({
  purpose: "fuzz",
  keyOf: (name) => (name === "c" ? KEY : name === "short" ? "k" : undefined),
  answer: async () => {
    acted += 1;
    return "{}";
  },
});

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** As on a connection: a request line, headers, an empty line, the rest. */
function askedIn(bytes: Uint8Array): Asked {
  const [head = "", ...rest] = Buffer.from(bytes).toString("latin1").split("\n\n");
  const [first = "", ...lines] = head.split("\n");
  const [method = "", target = ""] = first.split(" ");
  const headers = lines.flatMap((line) => {
    const split = line.indexOf(": ");
    return split < 1 ? [] : [[line.slice(0, split), line.slice(split + 2)] as const];
  });
  return { method, target, headers, body: rest.join("\n\n") };
}

function requestOf({ method, target, headers, body }: Asked): Request | undefined {
  try {
    const hasBody = method !== "GET" && method !== "HEAD";
    const init = { method, headers: headers.map(([name, value]): [string, string] => [name, value]) };
    return new Request(`http://function.invalid/${target}`, { ...init, ...(hasBody && { body }) });
  } catch {
    // No server hands on what is no request.
    return undefined;
  }
}

async function judged(status: number, signature: string | null | undefined, before: number): Promise<string> {
  assert.ok(ANSWERED.has(status) || REFUSED.has(status), `status ${status}`);
  if (REFUSED.has(status)) assert.ok(!signature && acted === before, "a stranger was heard");
  return String(status);
}

const CALL = framesCall({ from: "master", had: 3, life: "7", frames: [Uint8Array.of(1, 2, 3)] });
const ANSWER = framesAnswer({ life: "7", upTo: 9, frames: [Uint8Array.of(9)] });
const HEADERS = "systole-key: c\nsystole-id: 00000000-0000-4000-8000-000000000000\nsystole-date: 2026-01-01T00:00:00.000Z\nsystole-signature: 0000000000000000000000000000000000000000000000000000000000000000"; // prettier-ignore

export const callDoors = [
  {
    name: "signed-call",
    promise: "never rejects, does nothing for a stranger, and says nothing signed to him",
    words: WORDS,
    seeds: [`POST /x?y=1\n${HEADERS}\n\n{}`, "GET /\n\n", "POST /\nsystole-key: short\n\n"],
    async feed(bytes: Uint8Array): Promise<string> {
      const request = requestOf(askedIn(bytes));
      if (request === undefined) return "no request";
      const before = acted;
      const response = await handler(request);
      return judged(response.status, response.headers.get("systole-signature"), before);
    },
  },
  {
    name: "lambda-event",
    promise:
      "an answer to every event of a function URL, whatever method, path, headers and body a stranger has sent",
    words: [...WORDS, "base64\n", "text\n"],
    seeds: [
      `base64\nPOST /x?y=1\n${HEADERS}\n\ne30=`,
      `text\nPOST /x\n${HEADERS}\n\n{}`,
      "text\nTRACE /\n\n",
    ],
    async feed(bytes: Uint8Array): Promise<string> {
      const split = bytes.indexOf(0x0a) + 1;
      const kind = Buffer.from(bytes.subarray(0, split)).toString("latin1").trim();
      const { method, target, headers, body } = askedIn(bytes.subarray(split));
      const [path = "", query = ""] = target.split("?");
      const before = acted;
      const answer = await asLambda(handler)({
        rawPath: path,
        rawQueryString: query,
        headers: Object.fromEntries(headers),
        body,
        isBase64Encoded: kind === "base64",
        requestContext: { http: { method } },
      });
      return judged(answer.statusCode, answer.headers["systole-signature"], before);
    },
  },
  {
    name: "frames-call",
    promise: "a call of at most 64 frames of at most 32 KiB that can be written again, or nothing",
    words: ['"version":1', '"frames":[]', '"AQID"', "null", "[]", "1e309", "9007199254740993"],
    seeds: [CALL, framesCall({ from: "cluster1", had: 0, frames: [] })],
    feed(bytes: Uint8Array): string {
      const call = readFramesCall(Buffer.from(bytes).toString("utf8"));
      if (call === undefined) return "none";
      assert.ok(call.frames.length <= MAX_FRAMES);
      assert.ok(call.frames.every(({ length }) => length <= MAX_EXCHANGED_FRAME_BYTES));
      const written = framesCall(call);
      assert.equal(framesCall(readFramesCall(written) ?? call), written);
      return `call ${call.frames.length > 0} ${call.life !== undefined}`;
    },
  },
  {
    name: "frames-answer",
    promise: "an answer of at most 64 frames of at most 32 KiB that can be written again, or nothing",
    words: ['"version":1', '"upTo":0', '"frames":[]', "null", "[]", "1e309"],
    seeds: [ANSWER],
    feed(bytes: Uint8Array): string {
      const answer = readFramesAnswer(Buffer.from(bytes).toString("utf8"));
      if (answer === undefined) return "none";
      assert.ok(answer.frames.every(({ length }) => length <= MAX_EXCHANGED_FRAME_BYTES));
      const written = framesAnswer(answer);
      assert.equal(framesAnswer(readFramesAnswer(written) ?? answer), written);
      return `answer ${answer.frames.length > 0}`;
    },
  },
];
