// What goes in comes out: any message, through every pair of encoder and decoder.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SystoleError, textMessage, type Authenticator, type Field, type Message } from "../ports/index.js";
import {
  MAX_DEPTH,
  MAX_FRAME_BYTES,
  MAX_NAME_BYTES,
  MAX_PIECES,
  decodeFrame,
  decodeMessage,
  encodeNetstring,
  encodeString,
  hasStringForm,
  openFrame,
  sealFrame,
  sealStringFrame,
} from "./index.js";
import { signedLines } from "./string-writer.js";

/** Signs with a sum: enough to see which bytes are signed. */
function sumAuthenticator(): Authenticator {
  const sign = (bytes: Uint8Array): string =>
    `1 ${bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7).toString(16)}`;
  return {
    supports: { keyed: false },
    sign,
    verify: (bytes, signature) =>
      sign(bytes) === signature ? { ok: true, key: 1 } : { ok: false, reason: "mismatch" },
  };
}

const byteText = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
/** Text without the bytes that the string form gives a meaning of their own; a newline stays. */
const plainText = byteText.map((text) =>
  Array.from(text, (char) => (char !== "\n" && char < " " ? "." : char)).join(""),
);
const fieldName = fc.stringMatching(/^[!-'*-<>-~][ -<>-~]{0,12}$/).filter((name) => name !== "auth");
const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => new Uint8Array(value));

/** Messages of every field type; `text` fills texts, `item` list items. */
function messages(
  text: fc.Arbitrary<string>,
  item: fc.Arbitrary<string>,
  nested: readonly ("struct" | "uncompressed")[],
) {
  return fc.letrec<{ message: Message; field: Field }>((tie) => ({
    message: fc.record({ fields: fc.array(tie("field"), { maxLength: 6 }) }),
    field: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record({ name: fieldName, type: fc.constant("string" as const), value: text }),
      fc.record({
        name: fieldName,
        type: fc.constantFrom("binary" as const, "compressed" as const),
        value: bytes,
      }),
      fc.record({
        name: fieldName,
        type: fc.constant("list" as const),
        value: fc.array(item, { maxLength: 4 }),
      }),
      fc.record({ name: fieldName, type: fc.constantFrom(...nested), value: tie("message") }),
    ) as fc.Arbitrary<Field>,
  })).message;
}

const anyMessage = messages(byteText, byteText, ["struct", "uncompressed"]);
const stringMessage = messages(
  plainText,
  plainText.map((text) => text.replaceAll("\n", ".")),
  ["struct"],
);
const nest = (levels: number): Message =>
  levels === 0
    ? textMessage({ t: "deep" })
    : { fields: [{ name: "in", type: "struct", value: nest(levels - 1) }] };

function codeOf(action: () => unknown): string {
  try {
    action();
    return "no error";
  } catch (error) {
    return error instanceof SystoleError ? error.code : String(error);
  }
}

describe("a message", () => {
  it("survives the netstring form", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeMessage(encodeNetstring(message))).toEqual({ ok: true, form: "netstring", message });
      }),
    );
  });

  it("survives the string form, nested ones included", () => {
    fc.assert(
      fc.property(stringMessage, (message) => {
        expect(decodeMessage(encodeString(message))).toEqual({ ok: true, form: "string", message });
      }),
    );
  });

  it("survives sealing and opening; its own fields come first and the inner signature last", () => {
    const authenticator = sumAuthenticator();
    fc.assert(
      fc.property(anyMessage, fc.boolean(), (message, innerSignature) => {
        const opened = openFrame(sealFrame(message, authenticator, { innerSignature }), authenticator);
        const value = authenticator.sign(hasStringForm(message) ? signedLines(message) : new Uint8Array());
        const auth: Field[] =
          innerSignature && hasStringForm(message) ? [{ name: "auth", type: "string", value }] : [];
        const expected = { fields: [...message.fields, ...auth] };
        expect(opened).toEqual({ ok: true, form: "netstring", key: 1, message: expected });
      }),
    );
  });

  it("survives the sealed string form; the signature covers the lines that re-serialising gives", () => {
    const authenticator = sumAuthenticator();
    fc.assert(
      fc.property(stringMessage.filter(hasStringForm), (message) => {
        const frame = sealStringFrame(message, authenticator);
        const decoded = decodeFrame(frame);
        expect(decoded).toMatchObject({ ok: true, form: "string", signed: signedLines(message) });
        expect(openFrame(frame, authenticator)).toMatchObject({ ok: true, form: "string" });
      }),
    );
  });

  it("is sealed anew when it already has a signature", () => {
    const authenticator = sumAuthenticator();
    const once = textMessage({ t: "status", st: "up" });
    const again = textMessage({ t: "status", auth: "1 old", st: "up" });
    for (const innerSignature of [true, false]) {
      expect(sealFrame(again, authenticator, { innerSignature })).toEqual(
        sealFrame(once, authenticator, { innerSignature }),
      );
    }
    expect(sealStringFrame(again, authenticator)).toEqual(sealStringFrame(once, authenticator));
  });

  it("does not share memory with the frame that it came in", () => {
    const value = new Uint8Array([1, 2, 3]);
    const frame = Buffer.from(encodeNetstring({ fields: [{ name: "b", type: "binary", value }] }));
    const decoded = decodeMessage(frame);
    frame.fill(0);
    expect(decoded).toMatchObject({ message: { fields: [{ value }] } });
  });
});

describe("the string form", () => {
  const text = (message: Message): string => Buffer.from(encodeString(message)).toString("latin1");

  it("writes newlines of a text as 0x13, and of nested messages by depth", () => {
    expect(text(textMessage({ a: "1\n2" }))).toBe(">>>\na=1\x132\n<<<\n");
    expect(text(nest(2))).toBe(">>>\n(2)in=>>>\x14(2)in=>>>\x15t=deep\x15<<<\x15\x14<<<\x14\n<<<\n");
  });

  it("cannot hold what would read as something else", () => {
    const inner = textMessage({ a: "\x14" });
    const refused: Message[] = [
      { fields: [{ name: "l", type: "list", value: ["a\nb=c"] }] },
      { fields: [{ name: "u", type: "uncompressed", value: inner }] },
      { fields: [{ name: "s", type: "struct", value: inner }] },
    ];
    expect(refused.map((message) => codeOf(() => encodeString(message)))).toEqual(
      refused.map(() => "MESSAGE_INVALID"),
    );
    expect(refused.map((message) => codeOf(() => encodeNetstring(message)))).toEqual(
      refused.map(() => "no error"),
    );
    expect(refused.map((message) => codeOf(() => sealStringFrame(message, sumAuthenticator())))).toEqual(
      refused.map(() => "MESSAGE_INVALID"),
    );
  });
});

describe("an encoder", () => {
  const named = (name: string): Message => ({ fields: [{ name, type: "string", value: "" }] });

  it("refuses names that a receiver would refuse", () => {
    const names = ["", "a=b", "(1)a", "a\nb", "é", "x".repeat(MAX_NAME_BYTES + 1)];
    for (const encode of [encodeNetstring, encodeString]) {
      expect(names.map((name) => codeOf(() => encode(named(name))))).toEqual(
        names.map(() => "MESSAGE_INVALID"),
      );
      expect(decodeMessage(encode(named("x".repeat(MAX_NAME_BYTES)))).ok).toBe(true);
    }
  });

  it("refuses what is no byte string, too deep, or too much, and takes what just fits", () => {
    const many = (pieces: number): Message => ({
      fields: [{ name: "l", type: "list", value: Array.from({ length: pieces - 1 }, () => "") }],
    });
    for (const encode of [encodeNetstring, encodeString]) {
      expect(codeOf(() => encode(textMessage({ a: "\u0100" })))).toBe("MESSAGE_INVALID");
      expect(codeOf(() => encode(nest(MAX_DEPTH + 1)))).toBe("MESSAGE_INVALID");
      expect(codeOf(() => encode(many(MAX_PIECES + 1)))).toBe("MESSAGE_INVALID");
      expect(decodeMessage(encode(nest(MAX_DEPTH)))).toMatchObject({ message: nest(MAX_DEPTH) });
      expect(decodeMessage(encode(many(MAX_PIECES)))).toMatchObject({ message: many(MAX_PIECES) });
    }
  });

  it("seals a frame up to the limit and no larger", () => {
    const authenticator = sumAuthenticator();
    const seal = (size: number): Uint8Array =>
      sealFrame(textMessage({ a: "x".repeat(size) }), authenticator, { innerSignature: false });
    const overhead = seal(100_000).length - 100_000;
    const largest = seal(MAX_FRAME_BYTES - overhead - 2);
    expect(openFrame(largest, authenticator).ok).toBe(true);
    expect(codeOf(() => seal(MAX_FRAME_BYTES))).toBe("FRAME_TOO_LARGE");
  });
});
