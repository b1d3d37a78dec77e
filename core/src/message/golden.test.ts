// Packets that heartbeat 3.0.6 really sent: each must decode, verify, and come out again as the same bytes.
import { createHmac } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Authenticator, Field, Message } from "../ports/index.js";
import {
  decodeFrame,
  encodeNetstring,
  encodeString,
  openFrame,
  sealFrame,
  sealStringFrame,
} from "./index.js";
import { signedLines } from "./string-writer.js";

interface GoldenKey {
  readonly index: number;
  readonly method: "crc" | "md5" | "sha1";
  readonly key?: string;
}
type GoldenField =
  | [0, string, string]
  | [1 | 4, string, string]
  | [2 | 5, string, GoldenField[]]
  | [3, string, string[]];
interface GoldenPayload {
  readonly name: string;
  readonly form: "netstring" | "string";
  readonly index: number;
  readonly method: string;
  readonly inner: boolean;
  readonly payload: string;
  readonly fields: GoldenField[];
}

const folder = new URL("../../golden/", import.meta.url);
const scenarios = readdirSync(folder)
  .filter((name) => name.endsWith(".jsonl"))
  .map((name) => {
    const [first = "", ...lines] = readFileSync(new URL(name, folder), "utf8").trimEnd().split("\n");
    const header = JSON.parse(first) as { readonly payloads: number; readonly keys: GoldenKey[] };
    const payloads = lines.map((line) => JSON.parse(line) as GoldenPayload);
    return { name: name.replace(".jsonl", ""), header, payloads };
  });

/** heartbeat's digests as the specification words them, independent of the plugin that Systole ships. */
function digest(key: GoldenKey, bytes: Uint8Array): string {
  if (key.method !== "crc")
    return createHmac(key.method, key.key ?? "")
      .update(bytes)
      .digest("hex");
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return (~crc >>> 0).toString(16);
}

function authenticatorOf(keys: readonly GoldenKey[], signing: number): Authenticator {
  const sign = (index: number, bytes: Uint8Array): string | undefined => {
    const key = keys.find((candidate) => candidate.index === index);
    return key && `${index} ${digest(key, bytes)}`;
  };
  return {
    supports: { keyed: true },
    sign: (bytes) => sign(signing, bytes) ?? "",
    verify: (bytes, signature) => {
      const expected = sign(Number.parseInt(signature, 10), bytes);
      if (expected === undefined) return { ok: false, reason: "unknown-key" };
      return expected === signature
        ? { ok: true, key: Number.parseInt(signature, 10) }
        : { ok: false, reason: "mismatch" };
    },
  };
}

function fieldOf(golden: GoldenField): Field {
  const name = golden[1];
  switch (golden[0]) {
    case 0:
      return { name, type: "string", value: golden[2] };
    case 1:
    case 4:
      return {
        name,
        type: golden[0] === 1 ? "binary" : "compressed",
        value: new Uint8Array(Buffer.from(golden[2], "hex")),
      };
    case 2:
    case 5:
      return {
        name,
        type: golden[0] === 2 ? "struct" : "uncompressed",
        value: { fields: golden[2].map(fieldOf) },
      };
    case 3:
      return { name, type: "list", value: golden[2] };
  }
}

const bytesOf = (payload: GoldenPayload): Uint8Array =>
  new Uint8Array(Buffer.from(payload.payload, "base64"));
const asText = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const messageOf = (payload: GoldenPayload): Message => ({ fields: payload.fields.map(fieldOf) });

describe.each(scenarios)("packets captured in $name", ({ header, payloads }) => {
  it("are all there", () => {
    expect(payloads.length).toBe(header.payloads);
  });

  it("open with the key that each names, and say what was captured", () => {
    const authenticator = authenticatorOf(header.keys, 0);
    for (const payload of payloads) {
      const expected = { ok: true, form: payload.form, key: payload.index, message: messageOf(payload) };
      expect(openFrame(bytesOf(payload), authenticator), payload.name).toEqual(expected);
    }
  });

  it("carry inner signatures over the lines of their fields", () => {
    for (const payload of payloads.filter(({ inner }) => inner)) {
      const key = header.keys.find(({ index }) => index === payload.index) ?? expect.unreachable();
      const message = messageOf(payload);
      const auth = message.fields.at(-1);
      expect(auth, payload.name).toMatchObject({
        name: "auth",
        value: `${key.index} ${digest(key, signedLines(message))}`,
      });
    }
  });

  it("come out of the encoder as the same bytes", () => {
    for (const payload of payloads) {
      const decoded = decodeFrame(bytesOf(payload));
      if (!decoded.ok) expect.unreachable(`${payload.name}: ${decoded.reason}`);
      else if (decoded.form === "netstring")
        expect(asText(encodeNetstring(decoded.message))).toBe(asText(decoded.signed));
      else expect(asText(encodeString(decoded.message))).toBe(asText(bytesOf(payload)));
    }
  });

  it("come out of the sealer as the same bytes", () => {
    for (const payload of payloads) {
      const authenticator = authenticatorOf(header.keys, payload.index);
      const sealed =
        payload.form === "string"
          ? sealStringFrame(messageOf(payload), authenticator)
          : sealFrame(messageOf(payload), authenticator, { innerSignature: payload.inner });
      expect(asText(sealed), payload.name).toBe(asText(bytesOf(payload)));
    }
  });

  it("do not open with another key", () => {
    const others = header.keys.map((key) => ({ ...key, method: "sha1" as const, key: `${key.key ?? ""}x` }));
    for (const payload of payloads) {
      const refused = { ok: false, reason: "mismatch" };
      expect(openFrame(bytesOf(payload), authenticatorOf(others, 0)), payload.name).toEqual(refused);
      const unknown = { ok: false, reason: "unknown-key" };
      expect(openFrame(bytesOf(payload), authenticatorOf([], 0)), payload.name).toEqual(unknown);
    }
  });
});

describe("the collection", () => {
  const all = scenarios.flatMap(({ payloads }) => payloads);

  it("covers both forms, every method, and crc digests that lost leading zeros", () => {
    expect(new Set(all.map(({ form }) => form))).toEqual(new Set(["netstring", "string"]));
    expect(new Set(all.map(({ method }) => method))).toEqual(new Set(["crc", "md5", "sha1"]));
    const signatures = all
      .map((payload) => decodeFrame(bytesOf(payload)))
      .map((frame) => (frame.ok ? frame.signature : ""));
    expect(signatures.some((signature) => /^1 [0-9a-f]{5,7}$/.test(signature))).toBe(true);
  });

  it.each(["md5-bcast", "serial-sha1", "stonith-crc-ucast"])(
    "refuses every flipped bit of a packet of %s",
    (name) => {
      const scenario = scenarios.find((candidate) => candidate.name === name) ?? expect.unreachable();
      const bytes = bytesOf(scenario.payloads[0] ?? expect.unreachable());
      const authenticator = authenticatorOf(scenario.header.keys, 0);
      expect(openFrame(bytes, authenticator).ok).toBe(true);
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const flipped = bytes.slice();
        flipped[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(openFrame(flipped, authenticator), `bit ${bit}`).toMatchObject({ ok: false });
      }
    },
  );
});
