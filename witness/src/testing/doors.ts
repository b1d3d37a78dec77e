/** Where foreign bytes come into the witness, for the fuzzer. @packageDocumentation */
import { timeLimit } from "@systole/sdk";
import assert from "node:assert/strict";
import { attemptCall, MAX_BODY_BYTES } from "@systole/sdk/http";
import { wallClock } from "../lease-clock.js";
import { lambdaWitness, type WitnessMessage } from "../lambda.js";
import { parseRecord, recordText } from "../lease-record.js";
import { LeasesInMemory } from "../lease-store.js";
import { parseAnswer, parseQuestion, PURPOSE } from "../question.js";
import { witness } from "../witness.js";

const KEY = "k".repeat(32);
const URL_HERE = "http://witness.invalid/ask";
const WORDS = ['"op":"acquire"', '"op":"release"', '"holder":"master"', '"ttlMs":1000', '"epoch":1', '"__proto__":1', '"constructor"', "null", "[]", "1e400", "-0"]; // prettier-ignore
const ACQUIRE = '{"op":"acquire","holder":"master","ttlMs":1000,"epoch":0}';
const LEASE_MS = 60_000;
const RECORD = recordOf(Date.now());

/** `cluster1` has the lease for a minute. */
function recordOf(nowMs: number): string {
  const askedAtMs = { cluster1: 1 };
  const untilMs = nowMs + LEASE_MS;
  return recordText({ epoch: 3, holder: "cluster1", untilMs, ttlMs: LEASE_MS, readyAtMs: 0, clock: wallClock.name, askedAtMs }); // prettier-ignore
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

/** A question whose signature is right, against a store in which `stored` stands; what came of it, and what the store holds then. */
async function asked(body: string, stored: string): Promise<{ kind: string; body: string; held: string }> {
  const store = new LeasesInMemory(wallClock);
  if (stored !== "") await store.write("c", stored, undefined);
  const serve = witness({ store, keyOf: (name) => (name === "c" ? KEY : undefined) });
  const fetchBefore = globalThis.fetch;
  globalThis.fetch = ((url: string, init: RequestInit) => serve(new Request(url, init))) as typeof fetch;
  try {
    const id = "00000000-0000-4000-8000-000000000000";
    const call = { url: URL_HERE, key: KEY, keyName: "c", purpose: PURPOSE, id, dateMs: Date.now(), body };
    const attempt = await attemptCall(call, timeLimit(5000));
    const held = (await store.read("c"))?.text ?? "";
    return { kind: attempt.kind, body: "body" in attempt ? attempt.body : "", held };
  } finally {
    globalThis.fetch = fetchBefore;
  }
}

export const doors = [
  {
    name: "witness-question",
    promise: "a question within its bounds, or a sentence",
    words: WORDS,
    seeds: [
      ACQUIRE,
      '{"op":"release","holder":"master","epoch":3}',
      '{"op":"hello","holder":"master","epoch":0}',
    ],
    feed(bytes: Uint8Array): string {
      const question = parseQuestion(textOf(bytes));
      if (typeof question === "string") {
        assert.match(question, /^[\x20-\x7e]{10,200}$/);
        return question.slice(0, 20);
      }
      assert.ok(question.holder.length <= 255 && Number.isSafeInteger(question.epoch));
      return question.op;
    },
  },
  {
    name: "witness-answer",
    promise: "an answer within its bounds, or nothing",
    words: [
      ...WORDS,
      '"result":"granted"',
      '"result":"known"',
      '"forMs":5',
      '"readyInMs":0',
      '"longestTtlMs":9',
    ],
    seeds: ['{"result":"granted","epoch":3,"ttlMs":1000}', '{"result":"known","epoch":3,"readyInMs":0,"longestTtlMs":60000,"holder":"a"}', '{"result":"held","holder":"a","epoch":1,"forMs":5}'], // prettier-ignore
    feed(bytes: Uint8Array): string {
      const answer = parseAnswer(textOf(bytes));
      if (answer === undefined) return "none";
      assert.ok(Number.isSafeInteger(answer.epoch) && answer.epoch >= 0);
      assert.equal(JSON.stringify(parseAnswer(JSON.stringify(answer))), JSON.stringify(answer));
      return answer.result;
    },
  },
  {
    name: "witness-record",
    promise: "what a witness has written, whole, or nothing",
    words: [...WORDS, '"v":1', '"askedAtMs":{}', '"clock":"x"'],
    seeds: [RECORD],
    feed(bytes: Uint8Array): string {
      const record = parseRecord(textOf(bytes));
      if (record === undefined) return "none";
      assert.ok(typeof record.askedAtMs === "object" && !Array.isArray(record.askedAtMs));
      assert.equal(recordText(parseRecord(recordText(record)) ?? record), recordText(record));
      return `record ${record.holder === ""}`;
    },
  },
  {
    name: "witness-asked",
    promise:
      "who is not the holder is granted nothing while the lease of the holder runs, whatever he asks with a right signature",
    words: WORDS,
    seeds: [
      ACQUIRE,
      '{"op":"hello","holder":"master","epoch":3}',
      '{"op":"release","holder":"cluster1","epoch":2}',
    ],
    async feed(bytes: Uint8Array): Promise<string> {
      const body = textOf(bytes);
      // That is refused before anybody looks at the signature.
      if (Buffer.byteLength(body) > MAX_BODY_BYTES) return "too long";
      const { kind, body: answered, held } = await asked(body, recordOf(Date.now()));
      const answer = kind === "answered" ? parseAnswer(answered) : undefined;
      assert.ok(kind !== "failed", "the witness has failed");
      assert.equal(kind === "answered", answer !== undefined);
      const question = parseQuestion(body);
      if (answer?.result === "granted" && typeof question !== "string")
        assert.equal(question.holder, "cluster1");
      assert.ok(parseRecord(held) !== undefined);
      return `${kind} ${answer?.result}`;
    },
  },
  {
    name: "witness-store",
    promise: "an answer, whatever stands in the store: what cannot be read is a cluster that was never seen",
    words: [...WORDS, '"v":1', '"askedAtMs":{}'],
    seeds: [RECORD],
    async feed(bytes: Uint8Array): Promise<string> {
      const { kind, body } = await asked(ACQUIRE, textOf(bytes));
      assert.notEqual(kind, "failed");
      const answer = kind === "answered" ? parseAnswer(body) : undefined;
      return `${kind} ${answer?.result}`;
    },
  },
  {
    name: "witness-mqtt",
    promise: "an answer, or the TypeError that Lambda counts; nothing is published for a stranger",
    words: ['"path":"/"', '"headers":{}', '"body":""', '"systole-key":"c"', "null", "[]"],
    seeds: ['{"path":"/x","headers":{"systole-key":"c","systole-id":"00000000-0000-4000-8000-000000000000"},"body":"{}"}'], // prettier-ignore
    async feed(bytes: Uint8Array): Promise<string> {
      const published: string[] = [];
      const handler = witness({ store: new LeasesInMemory(), keyOf: () => KEY });
      const ask = lambdaWitness({ handler, publish: async (topic) => void published.push(topic) });
      let event: unknown;
      try {
        event = JSON.parse(textOf(bytes));
      } catch {
        return "no JSON";
      }
      // A rule of AWS IoT selects objects.
      if (typeof event !== "object" || event === null || "requestContext" in event) return "no object";
      try {
        const { statusCode } = await ask(event as WitnessMessage);
        assert.deepEqual(published, []);
        return String(statusCode);
      } catch (error) {
        assert.ok(error instanceof TypeError && /neither an HTTP request/.test(error.message), String(error));
        return "no question";
      }
    },
  },
];
