// What is compressed comes back, whatever made it; what is broken or too large is refused in words.
import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textField, textMessage, type Authenticator, type Field, type Message } from "../../ports/index.js";
import {
  MAX_DEPTH,
  MAX_FRAME_BYTES,
  MAX_UNCOMPRESSED_BYTES,
  decodeFrame,
  encodeNetstring,
  encodeString,
  expandFields,
  openFrame,
  packFrame,
  unwrapPayload,
  type PackOptions,
} from "../index.js";
import { decompress } from "./decompress.js";
import { Expansion } from "./expansion.js";

const believing: Authenticator = {
  supports: { keyed: true },
  sign: () => "1 0",
  verify: () => ({ ok: true, key: 1 }),
};
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const compressed = (name: string, value: Uint8Array): Field => ({ name, type: "compressed", value });
const algorithm = (value: string): Field => ({ name: "_compression_algorithm", type: "string", value });
const asField = (value: Uint8Array, named = "zlib"): Message => ({
  fields: [compressed("c", value), algorithm(named)],
});
const asPayload = (value: Uint8Array, named = "zlib"): Message => ({
  fields: [{ name: "_compressed_payload", type: "binary", value }, algorithm(named)],
});
const opened = (message: Message): Message | string => {
  const result = expandFields(message);
  return result.ok ? result.message : result.reason;
};
const unwrapped = (message: Message): Message | string => {
  const result = unwrapPayload(message);
  return result.ok ? result.message : result.reason;
};

/** `>>>\nid=42\nvalue=abc\n(1)blob=AQID\n<<<\n\0`, by bzip2 -1. */
const BZ2_CHILD = fromHex(
  "425a6831314159265359e8899b92000009df80401000603407242020003e24830020003141a346832034221a9ea69e29a3c8d27a95bb76a647d229813be5031767719fa21773e89480fe2ee48a70a121d1133724",
);
const child: Message = {
  fields: [
    { name: "id", type: "string", value: "42" },
    { name: "value", type: "string", value: "abc" },
    { name: "blob", type: "binary", value: new Uint8Array([1, 2, 3]) },
  ],
};

describe("a compressed field", () => {
  const struct: Message = { fields: [{ name: "c", type: "struct", value: child }, algorithm("zlib")] };

  it("of zlib opens, in either form, with and without the NUL of a C string", () => {
    const forms = [encodeString(child), new Uint8Array([...encodeString(child), 0]), encodeNetstring(child)];
    expect(forms.map((form) => opened(asField(deflateSync(form))))).toEqual([struct, struct, struct]);
  });

  it("of bz2 opens", () => {
    expect(opened(asField(BZ2_CHILD, "bz2"))).toEqual({
      fields: [{ name: "c", type: "struct", value: child }, algorithm("bz2")],
    });
  });

  it("inside a struct, and inside another compressed field, opens too", () => {
    const inner = asField(deflateSync(encodeNetstring(child)));
    const outer: Message = { fields: [{ name: "s", type: "struct", value: inner }] };
    const twice = asField(deflateSync(encodeNetstring(outer)));
    expect(opened(twice)).toEqual({
      fields: [
        { name: "c", type: "struct", value: { fields: [{ name: "s", type: "struct", value: struct }] } },
        algorithm("zlib"),
      ],
    });
  });

  it("captured from heartbeat opens", () => {
    const lines = readFileSync(new URL("../../../golden/comp-zlib.jsonl", import.meta.url), "utf8");
    const frames = lines
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => JSON.parse(line) as { name: string; payload: string })
      .map(({ name, payload }) => ({ name, frame: decodeFrame(Buffer.from(payload, "base64")) }));
    const held = frames.flatMap(({ name, frame }) =>
      frame.ok && frame.message.fields.some(({ type }) => type === "compressed")
        ? [{ name, message: frame.message }]
        : [],
    );
    expect(held.length).toBeGreaterThan(0);
    for (const { name, message } of held) {
      const result = opened(message);
      if (typeof result === "string") throw new Error(`${name}: ${result}`);
      expect(result.fields.some(({ type }) => type === "compressed")).toBe(false);
      expect(result.fields.some((field) => field.type === "struct" && field.value.fields.length > 0)).toBe(
        true,
      );
    }
  });
});

describe("a compressed message", () => {
  it("opens to the message inside; any other stays what it is", () => {
    expect(unwrapped(asPayload(deflateSync(new Uint8Array([...encodeString(child), 0]))))).toEqual(child);
    expect(unwrapped(asPayload(BZ2_CHILD, "bz2"))).toEqual(child);
    expect(unwrapped(child)).toBe(child);
  });

  it("inside a compressed message stays closed: nobody sends one", () => {
    const inner = asPayload(new Uint8Array(deflateSync(encodeNetstring(child))));
    expect(unwrapped(asPayload(deflateSync(encodeNetstring(inner))))).toEqual(inner);
  });
});

describe("compressed bytes", () => {
  const good = deflateSync(encodeNetstring(child));
  const wrongSum = new Uint8Array(good);
  wrongSum[good.length - 1] = (good.at(-1) ?? 0) ^ 1;
  const cases: readonly (readonly [string, Message, string])[] = [
    ["without an algorithm", { fields: [compressed("c", good)] }, "unknown-compression"],
    ["of an unknown algorithm", asField(good, "lzma"), "unknown-compression"],
    ["of nothing", asField(new Uint8Array()), "bad-compression"],
    ["cut short", asField(good.subarray(0, good.length - 5)), "bad-compression"],
    ["with a wrong checksum", asField(wrongSum), "bad-compression"],
    ["with something behind them", asField(new Uint8Array([...good, 0, 0])), "bad-compression"],
    ["that are no message", asField(deflateSync(bytes("hello"))), "not-a-frame"],
    ["of half a message", asField(deflateSync(bytes("###\n8:(0)a=bc,"))), "truncated"],
    ["of a message and more", asField(deflateSync(bytes("###\n%%%\nabc"))), "trailing-bytes"],
    ["of bz2 that are zlib", asField(good, "bz2"), "bad-compression"],
    ["of bz2, cut short", asField(BZ2_CHILD.subarray(0, -4), "bz2"), "bad-compression"],
    ["of bz2 with something behind", asField(new Uint8Array([...BZ2_CHILD, 0]), "bz2"), "bad-compression"],
  ];
  it.each(cases)("%s", (_, message, reason) => {
    expect(opened(message)).toBe(reason);
  });

  it("that are a bomb end at the bound, alone and together", () => {
    const bomb = deflateSync(new Uint8Array(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(MAX_FRAME_BYTES);
    expect(opened(asField(bomb))).toBe("uncompressed-too-large");
    expect(unwrapped(asPayload(bomb))).toBe("uncompressed-too-large");
    const large = deflateSync(encodeNetstring(textMessage({ a: "x".repeat(MAX_UNCOMPRESSED_BYTES / 2) })));
    expect(typeof opened({ fields: [compressed("a", large), algorithm("zlib")] })).toBe("object");
    const both = { fields: [compressed("a", large), compressed("b", large), algorithm("zlib")] };
    expect(opened(both)).toBe("uncompressed-too-large");
  });

  it("that hold compressed bytes without end stop at the depth limit", () => {
    let message = child;
    for (let depth = 0; depth <= MAX_DEPTH; depth += 1)
      message = asField(deflateSync(encodeNetstring(message)));
    expect(opened(message)).toBe("too-deep");
  });

  it("of a bzip2 bomb end at the bound", () => {
    // 49 bytes that stand for ten megabytes of zeros, by `head -c 10000000 /dev/zero | bzip2`.
    const bomb = fromHex(
      "425a6839314159265359d3a5dc7c004c97c010c00000080008200030cc0529a6aa4451b014451e2ee48a70a121a74bb8f8",
    );
    expect(decompress("bz2", bomb, new Expansion(MAX_UNCOMPRESSED_BYTES))).toBe("uncompressed-too-large");
    const plain = decompress("bz2", bomb, new Expansion(10_000_000));
    expect(plain).toHaveLength(10_000_000);
  });

  it("that are damaged anywhere give bytes or a reason, soon", () => {
    const reasons = new Set(["bad-compression", "uncompressed-too-large"]);
    const sample = fc.constantFrom(["zlib", good] as const, ["bz2", BZ2_CHILD] as const);
    const edit = fc.record({ at: fc.nat(200), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) });
    fc.assert(
      fc.property(sample, fc.array(edit, { minLength: 1, maxLength: 4 }), ([named, bytesOf], edits) => {
        let damaged = [...bytesOf];
        for (const { at, cut, put } of edits)
          damaged = damaged.toSpliced(at % (damaged.length + 1), cut, ...put);
        const plain = decompress(named, new Uint8Array(damaged), new Expansion(100_000));
        expect(typeof plain !== "string" || reasons.has(plain)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("of random bytes behind a right head give bytes or a reason", () => {
    const heads = { zlib: fromHex("789c"), bz2: fromHex("425a683131415926535900000000") };
    fc.assert(
      fc.property(fc.constantFrom("zlib", "bz2"), fc.uint8Array({ maxLength: 400 }), (named, tail) => {
        const head = heads[named as keyof typeof heads];
        const plain = decompress(named, new Uint8Array([...head, ...tail]), new Expansion(100_000));
        expect(typeof plain !== "string" || plain.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a message on its way out", () => {
  const options: PackOptions = { innerSignature: true, stringForm: false, maxFrameBytes: 65_507 };
  const received = (message: Message, changes: Partial<PackOptions> = {}): Message => {
    const frame = openFrame(packFrame(message, believing, { ...options, ...changes }), believing);
    if (!frame.ok) throw new Error(frame.reason);
    return frame.message;
  };
  const names = ({ fields }: Message): string[] => fields.map(({ type, name }) => `${type} ${name}`);
  const waiting: Message = {
    fields: [
      { name: "t", type: "string", value: "big" },
      { name: "x", type: "uncompressed", value: child },
    ],
  };

  it("has its waiting fields compressed, and says how", () => {
    const message = received(waiting);
    expect(names(message)).toEqual(["string t", "compressed x", "string _compression_algorithm"]);
    expect(opened(message)).toMatchObject({ fields: [{ name: "t" }, { type: "struct", value: child }, {}] });
  });

  it("is wrapped as a whole above the threshold of traditional compression, without opening its fields", () => {
    const large = { fields: [...waiting.fields, ...textMessage({ text: "abc ".repeat(1000) }).fields] };
    const message = received(large, { wholeAboveBytes: 2048 });
    expect(names(message)).toEqual(["binary _compressed_payload", "string _compression_algorithm"]);
    expect(unwrapped(message)).toEqual(large);
    expect(names(received(waiting, { wholeAboveBytes: 2048 }))).toEqual(["string t", "uncompressed x"]);
  });

  it("is wrapped with the inner signature it would have had", () => {
    const inner = unwrapped(
      received(textMessage({ t: "x", a: "b".repeat(3000) }), { wholeAboveBytes: 2048 }),
    );
    expect(typeof inner === "string" ? inner : textField(inner, "auth")).toBe("1 0");
  });

  it("of 60 to 64 kB goes as it is; a larger one is wrapped; one that stays too large is refused", () => {
    for (const length of [60_000, 65_000]) {
      expect(names(received(textMessage({ t: "x", a: "y".repeat(length) })))).toContain("string a");
    }
    const wrapped = unwrapped(received(textMessage({ t: "x", a: "y".repeat(300_000) })));
    expect(typeof wrapped === "string" ? wrapped : textField(wrapped, "a")).toHaveLength(300_000);
    let seed = 1;
    const random = Array.from({ length: 70_000 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return String.fromCharCode(seed >>> 24);
    });
    const refuse = (text: string) => () => received(textMessage({ t: "x", a: text }));
    expect(refuse(random.join(""))).toThrow(expect.objectContaining({ code: "FRAME_TOO_LARGE" }));
    expect(refuse("y".repeat(MAX_UNCOMPRESSED_BYTES))).toThrow(
      expect.objectContaining({ code: "FRAME_TOO_LARGE" }),
    );
  });

  it("takes the string form when that is preferred and it has one", () => {
    const form = (message: Message) => {
      const decoded = decodeFrame(packFrame(message, believing, { ...options, stringForm: true }));
      return decoded.ok ? decoded.form : decoded.reason;
    };
    expect([form(child), form(waiting)]).toEqual(["string", "netstring"]);
  });
});
