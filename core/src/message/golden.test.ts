// Packets that heartbeat 3.0.6 really sent: each must decode, verify, and come out again as the same bytes.
import { createHmac } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { textField, type Authenticator, type Field, type Message } from "../ports/index.js";
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

/** One entry a packet, with its name, so that a difference says where it is. */
function each<T>(payloads: readonly GoldenPayload[], of: (payload: GoldenPayload) => T): Record<string, T> {
  return Object.fromEntries(payloads.map((payload) => [payload.name, of(payload)]));
}

function reEncoded(payload: GoldenPayload): string {
  const decoded = decodeFrame(bytesOf(payload));
  if (!decoded.ok) return decoded.reason;
  if (decoded.form === "string") return asText(encodeString(decoded.message));
  return `${asText(encodeNetstring(decoded.message))}${decoded.signature.length}:${decoded.signature},`;
}

function reSealed(payload: GoldenPayload, authenticator: Authenticator): string {
  const sealed =
    payload.form === "string"
      ? sealStringFrame(messageOf(payload), authenticator)
      : sealFrame(messageOf(payload), authenticator, { innerSignature: payload.inner });
  return asText(sealed);
}

describe.each(scenarios)("packets captured in $name", ({ header, payloads }) => {
  it("are all there", () => {
    expect(payloads.length).toBe(header.payloads);
    expect(new Set(payloads.map(({ name }) => name)).size).toBe(header.payloads);
  });

  it("open with the key that each names, and say what was captured", () => {
    const authenticator = authenticatorOf(header.keys, 0);
    expect(each(payloads, (payload) => openFrame(bytesOf(payload), authenticator))).toEqual(
      each(payloads, (payload) => ({
        ok: true,
        form: payload.form,
        key: payload.index,
        message: messageOf(payload),
      })),
    );
  });

  it("carry inner signatures over the lines of their fields", () => {
    const signed = payloads.filter(({ inner }) => inner);
    const signer = (payload: GoldenPayload): Authenticator => authenticatorOf(header.keys, payload.index);
    expect(each(signed, (payload) => signer(payload).sign(signedLines(messageOf(payload))))).toEqual(
      each(signed, (payload) => textField(messageOf(payload), "auth")),
    );
  });

  it("come out of the encoder as the same bytes", () => {
    expect(each(payloads, reEncoded)).toEqual(each(payloads, (payload) => asText(bytesOf(payload))));
  });

  it("come out of the sealer as the same bytes", () => {
    expect(
      each(payloads, (payload) => reSealed(payload, authenticatorOf(header.keys, payload.index))),
    ).toEqual(each(payloads, (payload) => asText(bytesOf(payload))));
  });

  it("do not open with another key, nor with none", () => {
    const others = header.keys.map((key) => ({ ...key, method: "sha1" as const, key: `${key.key ?? ""}x` }));
    const opened = (keys: readonly GoldenKey[]) =>
      each(payloads, (payload) => openFrame(bytesOf(payload), authenticatorOf(keys, 0)));
    expect(opened(others)).toEqual(each(payloads, () => ({ ok: false, reason: "mismatch" })));
    expect(opened([])).toEqual(each(payloads, () => ({ ok: false, reason: "unknown-key" })));
  });
});

describe("the collection", () => {
  const all = scenarios.flatMap(({ payloads }) => payloads);

  it("covers both forms, every method, and crc digests that lost leading zeros", () => {
    expect(new Set(all.map(({ form }) => form))).toEqual(new Set(["netstring", "string"]));
    expect(new Set(all.map(({ method }) => method))).toEqual(new Set(["crc", "md5", "sha1"]));
    const frames = all.map((payload) => decodeFrame(bytesOf(payload)));
    expect(frames.some((frame) => frame.ok && /^1 [0-9a-f]{5,7}$/.test(frame.signature))).toBe(true);
  });

  it.each(scenarios.filter(({ name }) => ["md5-bcast", "serial-sha1", "stonith-crc-ucast"].includes(name)))(
    "refuses every flipped bit of a packet of $name",
    ({ header, payloads }) => {
      const authenticator = authenticatorOf(header.keys, 0);
      const [bytes = new Uint8Array()] = payloads.map(bytesOf);
      expect(openFrame(bytes, authenticator).ok).toBe(true);
      const accepted: number[] = [];
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const flipped = bytes.slice();
        flipped[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        if (openFrame(flipped, authenticator).ok) accepted.push(bit);
      }
      expect(accepted).toEqual([]);
    },
  );
});
