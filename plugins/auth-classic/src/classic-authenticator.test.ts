// The digests of heartbeat, and that nothing but the named entry's full digest is believed.
import { inspect } from "node:util";
import { SystoleError } from "@systole/sdk";
import { describe, expect, it } from "vitest";
import { ClassicAuthenticator } from "./classic-authenticator.js";
import type { ClassicKey } from "./classic-config.js";
import { crc32 } from "./crc32.js";

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const CRC: ClassicKey = { index: 1, method: "crc" };
const MD5: ClassicKey = { index: 2, method: "md5", key: "Hello!" };
const SHA1: ClassicKey = { index: 3, method: "sha1", key: "HI!" };
const body = bytesOf("123456789");
const keyed = () => new ClassicAuthenticator({ sign: 3, keys: [CRC, MD5, SHA1] });

describe("a digest", () => {
  it("of crc has heartbeat's check value", () => {
    expect(crc32(body).toString(16)).toBe("765e7680");
    expect(crc32(bytesOf("")).toString(16)).toBe("ffffffff");
  });

  it("of crc is written without leading zeros", () => {
    const crc = new ClassicAuthenticator({ sign: 1, keys: [CRC] });
    const short = Array.from({ length: 500 }, (_, number) => bytesOf(`t=${number}\n`)).find(
      (bytes) => crc32(bytes) < 0x1000_0000,
    );
    const bytes = short ?? body;
    const signature = crc.sign(bytes);
    expect(signature).toMatch(/^1 [1-9a-f][0-9a-f]{0,6}$/);
    expect(crc.verify(bytes, signature)).toEqual({ ok: true, key: 1 });
    expect(crc.verify(bytes, signature.replace(" ", " 0"))).toEqual({ ok: false, reason: "mismatch" });
  });

  // A status message that heartbeat 3.0.6 signed with this key.
  it("of md5 is what heartbeat writes", () => {
    const uuid = "co3bO7OeRDSoc+aIMN63Xg==";
    const lines = `t=status\nst=init\ndt=1f40\nprotocol=1\nsrc=alpha\n(1)srcuuid=${uuid}\nseq=1\nhg=6b030994\nts=6b030993\nld=1.28 1.54 0.86 2/171 17\nttl=3\n`;
    const md5 = new ClassicAuthenticator({ sign: 2, keys: [MD5] });
    expect(md5.sign(bytesOf(lines))).toBe("2 38f5f79a98f71970bff87344bcc5b18b");
  });

  // The first two are RFC 2202's test case 2; the others were computed with Python's hmac.
  it.each<readonly [ClassicKey["method"], string, string, string]>([
    ["md5", "Jefe", "what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738"],
    ["sha1", "Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
    ["md5", "k".repeat(70), "123456789", "72808d21cfdc28c5b0959f39283a428e"],
    ["sha1", "Z9".repeat(50), "123456789", "ad15e49a6756d428b0ae2a438e4d42cb07254215"],
    ["md5", "schlüssel", "123456789", "c07213a0d1a51b8eb3dc3108c0faae3d"],
  ])("of %s with the key %j is the standard's", (method, key, text, digest) => {
    const entry = { index: 0, method, key } as ClassicKey;
    expect(new ClassicAuthenticator({ sign: 0, keys: [entry] }).sign(bytesOf(text))).toBe(`0 ${digest}`);
  });
});

describe("a signature", () => {
  it("is judged by the entry that it names, whichever signs here", () => {
    const md5First = new ClassicAuthenticator({ sign: 2, keys: [MD5, SHA1] });
    expect(keyed().verify(body, md5First.sign(body))).toEqual({ ok: true, key: 2 });
    expect(md5First.verify(body, keyed().sign(body))).toEqual({ ok: true, key: 3 });
    expect(keyed().verify(body, md5First.sign(body).replace("2 ", "3 "))).toEqual({
      ok: false,
      reason: "mismatch",
    });
  });

  it("of crc counts only where crc signs", () => {
    const crc = new ClassicAuthenticator({ sign: 1, keys: [CRC, MD5] });
    expect(crc.supports.keyed).toBe(false);
    expect(keyed().supports.keyed).toBe(true);
    expect(crc.verify(body, crc.sign(body))).toEqual({ ok: true, key: 1 });
    expect(keyed().verify(body, crc.sign(body))).toEqual({ ok: false, reason: "unknown-key" });
    const md5 = new ClassicAuthenticator({ sign: 2, keys: [CRC, MD5] });
    expect(crc.verify(body, md5.sign(body))).toEqual({ ok: true, key: 2 });
    const changing = new ClassicAuthenticator({ sign: 2, keys: [CRC, MD5], crcToo: true });
    expect(changing.verify(body, crc.sign(body))).toEqual({ ok: true, key: 1 });
    expect(changing.supports).toEqual({ keyed: true, rotating: true });
  });

  it("of an entry that is not listed is unknown", () => {
    const one = new ClassicAuthenticator({ sign: 2, keys: [MD5] });
    expect(["3 00", "0 00", "99 00"].map((text) => one.verify(body, text))).toEqual(
      ["3", "0", "99"].map(() => ({ ok: false, reason: "unknown-key" })),
    );
  });

  it("counts in full length and exact spelling only", () => {
    const authenticator = keyed();
    const good = authenticator.sign(body);
    expect(authenticator.verify(body, good)).toEqual({ ok: true, key: 3 });
    const digest = good.slice(2);
    const wrong = [
      "3 ",
      "",
      "3",
      `3 ${digest.slice(0, 39)}`,
      `3 ${digest}0`,
      `3  ${digest}`,
      ` 3 ${digest}`,
      `03 ${digest}`,
      `3 ${digest}\n`,
      `3 ${digest} x`,
      `-3 ${digest}`,
      `3 ${digest.toUpperCase()}`,
      `3\t${digest}`,
      `3 ${"\u0131".repeat(40)}`,
      "9".repeat(100_000),
    ];
    expect(wrong.filter((text) => authenticator.verify(body, text).ok)).toEqual([]);
    const flips = Array.from(
      digest,
      (digit, at) => `3 ${digest.slice(0, at)}${digit === "0" ? "1" : "0"}${digest.slice(at + 1)}`,
    );
    expect(new Set(flips.map((text) => JSON.stringify(authenticator.verify(body, text))))).toEqual(
      new Set([JSON.stringify({ ok: false, reason: "mismatch" })]),
    );
  });

  it("covers every byte", () => {
    const authenticator = keyed();
    const good = authenticator.sign(body);
    const changed = Array.from(body, (byte, at) => body.with(at, byte ^ 1));
    expect(changed.some((bytes) => authenticator.verify(bytes, good).ok)).toBe(false);
  });
});

describe("an authenticator", () => {
  it("shows no key to JSON, to an inspector, or in its fields", () => {
    const secret = "correct-horse-battery";
    const keys: ClassicKey[] = [{ index: 4, method: "sha1", key: secret }];
    const authenticator = new ClassicAuthenticator({ sign: 4, keys });
    const shown = [
      JSON.stringify(authenticator),
      inspect(authenticator, { depth: null, showHidden: true, getters: true }),
      JSON.stringify(Object.getOwnPropertyDescriptors(authenticator)),
      JSON.stringify(structuredClone({ ...authenticator })),
    ].join("\n");
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(Buffer.from(secret).toString("hex"));
    expect(shown).toContain("keyed");
    expect(Object.keys(authenticator)).toEqual(["supports"]);
  });

  it("is not made without the entry that signs", () => {
    const make = () => new ClassicAuthenticator({ sign: 5, keys: [MD5] });
    expect(make).toThrow(SystoleError);
    expect(make).toThrow(/no entry has the index 5/);
  });
});

describe("a list of keys", () => {
  const rotating = (sign: number, keys: readonly ClassicKey[]) =>
    new ClassicAuthenticator({ sign, keys: [...keys] }).supports.rotating;

  it("is rotating when another entry has another key, and the signing one has a key at all", () => {
    const same: ClassicKey = { index: 4, method: "md5", key: "HI!" };
    expect(rotating(3, [MD5, SHA1])).toBe(true);
    expect(rotating(3, [CRC, SHA1])).toBe(true);
    expect(rotating(3, [SHA1])).toBe(false);
    expect(rotating(3, [SHA1, same])).toBe(false);
    expect(rotating(1, [CRC, SHA1])).toBe(false);
  });
});
