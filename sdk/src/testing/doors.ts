/** Where foreign bytes come into functions and into nodes that call them, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import * as answers from "../functions/function-answer.js";
import { onlyLooks, parseFunctionCall } from "../functions/function-call.js";
import { parsedJson } from "../functions/shapes.js";

const WORDS = ['"port":"fence-device"', '"operation":"off"', '"node":"a"', '"untilMs":1', '"resource":{}', '"ok":true', '"kind":"error"', '"__proto__":{}', "null", "[]", "1e400"]; // prettier-ignore
const READERS = Object.entries(answers);

export const doors = [
  {
    name: "function-call",
    promise: "a call of the protocol, or nothing",
    words: WORDS,
    seeds: [
      '{"port":"fence-device","operation":"off","node":"cluster1","untilMs":1700000000000}',
      '{"port":"resource-agent","operation":"start","resource":{"name":"x","args":["a"],"parameters":{"p":"1"}},"node":"a","untilMs":1}',
      '{"port":"notifier","operation":"notify","event":{"name":"node.dead","severity":"critical","atWallMs":1,"node":"a","fields":{"x":[1]}},"untilMs":1}',
    ],
    feed(bytes: Uint8Array): string {
      const call = parseFunctionCall(Buffer.from(bytes).toString("utf8"));
      if (call === undefined) return "none";
      assert.ok(Number.isFinite(call.untilMs));
      return `${call.port} ${onlyLooks(call)}`;
    },
  },
  {
    name: "function-answer",
    promise:
      "an answer of the shape that the port demands, or nothing; it takes one of them at most for an error",
    words: WORDS,
    seeds: [
      '{"ok":true}',
      '{"ok":false,"kind":"timeout","reason":"slow"}',
      '{"state":"on"}',
      '{"nodes":["a"]}',
      '{"ok":true,"state":"running"}',
      '{"problems":[]}',
      '{"ok":true,"description":{"title":"t","text":"x","parameters":[],"actions":[{"name":"start","timeoutMs":5}]}}',
    ],
    feed(bytes: Uint8Array): string {
      const value = parsedJson(Buffer.from(bytes).toString("utf8"));
      const taken = READERS.filter(([, read]) => read(value) !== undefined).map(([name]) => name);
      if (taken.length > 0) assert.ok(typeof value === "object" && value !== null && !Array.isArray(value));
      return taken.join();
    },
  },
];
