// Whatever bytes arrive, the answer is a typed result, soon: no exception, no endless work, no belief before the signature.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Authenticator } from "../ports/index.js";
import { MAX_DEPTH, MAX_FRAME_BYTES, MAX_PIECES, decodeFrame, decodeMessage, openFrame } from "./index.js";

const REASONS = new Set([
  "bad-base64",
  "malformed-field",
  "malformed-length",
  "malformed-name",
  "no-signature",
  "not-a-frame",
  "oversized",
  "repeated-signature",
  "too-deep",
  "too-many-fields",
  "trailing-bytes",
  "truncated",
  "unknown-field-type",
]);

const refusing: Authenticator = {
  supports: { keyed: true },
  sign: () => "1 0",
  verify: () => ({ ok: false, reason: "mismatch" }),
};
const believing: Authenticator = { ...refusing, verify: () => ({ ok: true, key: 1 }) };

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const frameOf = (fields: string): Uint8Array => bytesOf(`###\n${fields}%%%\n3:1 0,`);
const fieldOf = (text: string): string => `${text.length}:${text},`;
const stringFrameOf = (lines: string): Uint8Array => bytesOf(`>>>\n${lines}auth=1 0\n<<<\n`);

/** The reason, or `ok`. */
function outcome(bytes: Uint8Array, authenticator = believing): string {
  const opened = openFrame(bytes, authenticator);
  return opened.ok ? "ok" : opened.reason;
}

/** True when every way in answers in the agreed words, and nothing opens that the authenticator refuses. */
function isAnswered(bytes: Uint8Array): boolean {
  const results = [decodeFrame(bytes), decodeMessage(bytes), openFrame(bytes, believing)];
  return results.every((result) => result.ok || REASONS.has(result.reason)) && !openFrame(bytes, refusing).ok;
}

const samples = ["md5-bcast", "comp-zlib", "serial-sha1"].flatMap((name) => {
  const lines = readFileSync(new URL(`../../golden/${name}.jsonl`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  const payloads = lines.slice(1).map((line) => JSON.parse(line) as { readonly payload: string });
  return payloads.map(({ payload }) => new Uint8Array(Buffer.from(payload, "base64")));
});

const hostileText = fc.array(
  fc.constantFrom(
    "###\n",
    "%%%\n",
    ">>>\n",
    "<<<\n",
    "\x14",
    "(0)",
    "(2)",
    "(3)",
    "(5)",
    "a=",
    "auth=",
    "=",
    ":",
    ",",
    "1",
    "0",
    "9",
    "\n",
    "\0",
    "AA==",
    "8:(0)a=bc,",
  ),
  { maxLength: 60 },
);

describe("arbitrary input", () => {
  it("of random bytes gives a typed answer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(isAnswered(bytes)).toBe(true);
      }),
    );
  });

  it("made of the format's own pieces gives a typed answer", () => {
    fc.assert(
      fc.property(fc.constantFrom("", "###\n", ">>>\n"), hostileText, (start, pieces) => {
        expect(isAnswered(bytesOf(start + pieces.join("")))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("made by damaging real packets gives a typed answer", () => {
    const edit = fc.record({ at: fc.nat(400), cut: fc.nat(6), put: fc.uint8Array({ maxLength: 6 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (sample, edits) => {
          let bytes = [...sample];
          for (const { at, cut, put } of edits) bytes = bytes.toSpliced(at % (bytes.length + 1), cut, ...put);
          expect(isAnswered(new Uint8Array(bytes))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("cut off anywhere is refused", () => {
    const cuts = samples
      .slice(0, 3)
      .concat(samples.slice(-3))
      .flatMap((sample) =>
        Array.from({ length: sample.length }, (_, length) => outcome(sample.subarray(0, length))),
      );
    expect(new Set(cuts)).toEqual(new Set(["not-a-frame", "truncated", "malformed-length", "no-signature"]));
  });
});

describe("a length prefix", () => {
  const field = "(0)a=bcdef";
  const lengths = [
    "",
    "0",
    "1",
    "4",
    "9",
    "11",
    "099",
    "010",
    "00",
    "+10",
    "-1",
    "-10",
    " 10",
    "1e1",
    "0x0a",
    "10 ",
    "99999",
    "262144",
    "999999",
    "2147483648",
    "4294967295",
    "18446744073709551616",
    "9".repeat(1000),
  ];
  const reasons = new Set(["malformed-length", "malformed-field", "truncated"]);

  it.each(lengths)("of %j is refused for a field", (length) => {
    expect(outcome(frameOf(`${length}:${field},`))).toSatisfy((reason: string) => reasons.has(reason));
  });

  it.each(lengths)("of %j is refused for a list item, a nested field and a trailer", (length) => {
    const item = "bcdefghijk";
    const frames = [
      frameOf(fieldOf(`(3)l=${length}:${item},`)),
      frameOf(fieldOf(`(2)s=###\n${length}:${field},%%%\n`)),
      stringFrameOf(`(3)l=${length}:${item},\n`),
      bytesOf(`###\n%%%\n${length}:1 01234567,`),
    ];
    const typed = new Set([...reasons, "no-signature"]);
    expect(frames.map((frame) => outcome(frame)).filter((reason) => !typed.has(reason))).toEqual([]);
  });

  it("beyond what a frame can hold is no length, one beyond this frame is a frame cut short", () => {
    const outcomes = ["99999", "9999999", "10000000", "4294967295"].map((length) =>
      outcome(frameOf(`${length}:${field},`)),
    );
    expect(outcomes).toEqual(["truncated", "truncated", "malformed-length", "malformed-length"]);
  });

  it("that is right is accepted", () => {
    expect(outcome(frameOf(`10:${field},`))).toBe("ok");
    expect(outcome(frameOf(fieldOf("(3)l=10:bcdefghijk,")))).toBe("ok");
    expect(outcome(frameOf(fieldOf("(3)l=0:,1:,,")))).toBe("ok");
  });
});

describe("a frame", () => {
  const field = fieldOf("(0)t=x");
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ["nothing", bytesOf(""), "not-a-frame"],
    ["other text", bytesOf("hello"), "not-a-frame"],
    ["no trailer", bytesOf(`###\n${field}%%%\n`), "no-signature"],
    ["a NUL for a trailer", bytesOf(`###\n${field}%%%\n\0`), "no-signature"],
    ["an endless trailer", bytesOf(`###\n${field}%%%\n600:${"1".repeat(600)},`), "malformed-field"],
    ["a trailer and a NUL", bytesOf(`###\n${field}%%%\n3:1 0,\0`), "ok"],
    ["a trailer and garbage", bytesOf(`###\n${field}%%%\n3:1 0,%%%\n###\n`), "ok"],
    ["no fields", frameOf(""), "ok"],
    ["an empty value", frameOf(fieldOf("(0)t=")), "ok"],
    ["a field without type", frameOf(fieldOf("t=abc")), "malformed-field"],
    ["a type without parentheses", frameOf(fieldOf("0)t=abc")), "malformed-field"],
    ["a type of two digits", frameOf(fieldOf("(00)t=abc")), "malformed-field"],
    ["a type that is a letter", frameOf(fieldOf("(a)t=abc")), "malformed-field"],
    ["a reserved type", frameOf(fieldOf("(6)t=abc")), "unknown-field-type"],
    ["a field without value", frameOf(fieldOf("(0)t")), "malformed-field"],
    ["an empty name", frameOf(fieldOf("(0)=abc")), "malformed-name"],
    ["a name with a newline", frameOf(fieldOf("(0)a\nb=c")), "malformed-name"],
    ["a name like a type", frameOf(fieldOf("(0)(1)b=c")), "malformed-name"],
    ["an endless name", frameOf(fieldOf(`(0)${"n".repeat(300)}=c`)), "malformed-name"],
    ["a struct that is text", frameOf(fieldOf("(2)s=abc")), "malformed-field"],
    ["a struct with more behind it", frameOf(fieldOf("(2)s=###\n%%%\n3:1 0,")), "malformed-field"],
    ["a struct without end", frameOf(fieldOf(`(2)s=###\n${field}`)), "truncated"],
    ["more than a frame holds", new Uint8Array(MAX_FRAME_BYTES + 1), "oversized"],
    ["a string form", stringFrameOf("t=x\n"), "ok"],
    ["empty lines", stringFrameOf("\n\nt=x\n\n"), "ok"],
    ["a string form and a NUL", bytesOf(">>>\nt=x\nauth=1 0\n<<<\n\0"), "ok"],
    ["a string form and garbage", bytesOf(">>>\nt=x\nauth=1 0\n<<<\n\0\0"), "trailing-bytes"],
    ["a string form without auth", bytesOf(">>>\nt=x\n<<<\n"), "no-signature"],
    ["two auth lines", stringFrameOf("auth=1 0\n"), "repeated-signature"],
    ["an auth line that is no text", stringFrameOf("(1)auth=AAAA\n"), "repeated-signature"],
    ["an endless auth line", bytesOf(`>>>\nauth=${"1".repeat(600)}\n<<<\n`), "malformed-field"],
    ["a line without a value", stringFrameOf("t\n"), "malformed-field"],
    ["a line without a name", stringFrameOf("=x\n"), "malformed-name"],
    ["a typed text line", stringFrameOf("(0)t=x\n"), "malformed-field"],
    ["an uncompressed line", stringFrameOf("(5)t=x\n"), "unknown-field-type"],
    ["base64 of a wrong length", stringFrameOf("(1)t=AAA\n"), "bad-base64"],
    ["base64 with padding inside", stringFrameOf("(1)t=AA==AAAA\n"), "bad-base64"],
    ["base64 of padding alone", stringFrameOf("(1)t====\n"), "bad-base64"],
    ["base64 with stray bits", stringFrameOf("(1)t=AB==\n"), "bad-base64"],
    ["base64 of another alphabet", stringFrameOf("(1)t=AA_-\n"), "bad-base64"],
    ["a nested line cut short", stringFrameOf("(2)s=>>>\x14a=b\x14\n"), "truncated"],
    ["a nested line of text", stringFrameOf("(2)s=abc\n"), "malformed-field"],
  ];

  it.each(cases)("of %s", (_, bytes, expected) => {
    expect(outcome(bytes)).toBe(expected);
  });

  it("whose signature is refused is not interpreted at all", () => {
    const broken = [frameOf(fieldOf("(9)x")), stringFrameOf("(1)t=!\n"), frameOf(fieldOf("(2)s=abc"))];
    expect(broken.map((bytes) => outcome(bytes, refusing))).toEqual(broken.map(() => "mismatch"));
  });
});

describe("nesting and numbers", () => {
  const nested = (depth: number): string =>
    depth === 0 ? "" : fieldOf(`(2)s=###\n${nested(depth - 1)}%%%\n`);

  it("stop at the limits", () => {
    expect(outcome(frameOf(nested(MAX_DEPTH)))).toBe("ok");
    expect(outcome(frameOf(nested(MAX_DEPTH + 1)))).toBe("too-deep");
    expect(outcome(frameOf(nested(2000)))).toBe("too-deep");
    expect(outcome(frameOf("5:(0)a=,".repeat(MAX_PIECES)))).toBe("ok");
    expect(outcome(frameOf("5:(0)a=,".repeat(MAX_PIECES + 1)))).toBe("too-many-fields");
    expect(outcome(frameOf(fieldOf(`(3)l=${"0:,".repeat(MAX_PIECES)}`)))).toBe("too-many-fields");
    expect(outcome(stringFrameOf("a=\n".repeat(MAX_PIECES)))).toBe("too-many-fields");
    expect(outcome(stringFrameOf("\n".repeat(MAX_PIECES)))).toBe("too-many-fields");
  });

  it("count nested pieces together", () => {
    const half = fieldOf(`(2)s=###\n${"5:(0)a=,".repeat(MAX_PIECES / 2)}%%%\n`);
    expect(outcome(frameOf(half))).toBe("ok");
    expect(outcome(frameOf(half + half))).toBe("too-many-fields");
  });

  it("stop nested lines too", () => {
    const substitutes = [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 15, 16, 17, 18, 19];
    const lines = (levels: number, depth = 0): string => {
      const inner = levels > 1 ? `(2)s=${lines(levels - 1, depth + 1)}\n` : "";
      return `>>>\n${inner}<<<\n`.replaceAll("\n", String.fromCharCode(substitutes[depth] ?? 0));
    };
    expect(outcome(stringFrameOf(`(2)s=${lines(MAX_DEPTH)}\n`))).toBe("ok");
    expect(outcome(stringFrameOf(`(2)s=${lines(MAX_DEPTH + 1)}\n`))).toBe("too-deep");
  });
});
