// The doors of the codec: frames, messages without a signature, armour of serial lines, and what Systole nodes tell each other.
import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { decodeReport, encodeReport } from "../engine/resources/claims/report.js";
import {
  armour,
  armouredBytes,
  decodeFrame,
  decodeMessage,
  encodeNetstring,
  encodeString,
  expandFields,
  hasStringForm,
  MAX_UNCOMPRESSED_BYTES,
  openFrame,
  sealFrame,
  sealStringFrame,
  unwrapPayload,
  withoutArmour,
} from "../message/index.js";
import { SystoleError, textMessage, type Authenticator, type Field, type Message } from "../ports/index.js";

const refusing: Authenticator = {
  supports: { keyed: true },
  sign: () => "1 0",
  verify: () => ({ ok: false, reason: "mismatch" }),
};
const believing: Authenticator = { ...refusing, verify: () => ({ ok: true, key: 1 }) };

const STATUS = textMessage({ t: "status", st: "active", src: "master", seq: "1f", hg: "5f00", ts: "5f00" });
const ALL_TYPES: Message = {
  fields: [
    { name: "t", type: "string", value: "x" },
    { name: "b", type: "binary", value: Uint8Array.of(0, 1, 255) },
    { name: "l", type: "list", value: ["one", "", "three"] },
    { name: "s", type: "struct", value: STATUS },
    { name: "u", type: "uncompressed", value: STATUS },
  ],
};
const COMPRESSED: Message = {
  fields: [
    { name: "_compressed_payload", type: "binary", value: deflateSync(encodeString(STATUS)) },
    { name: "_compression_algorithm", type: "string", value: "zlib" },
  ],
};
const COMPRESSED_FIELD: Message = {
  fields: [
    { name: "c", type: "compressed", value: deflateSync(encodeNetstring(STATUS)) },
    { name: "_compression_algorithm", type: "string", value: "zlib" },
  ],
};

const WORDS = ["###\n", "%%%\n", ">>>\n", "<<<\n", "auth=", "(0)", "(1)", "(2)", "(3)", "(4)", "(5)", "\x14", "\x15", "AA==", "1 0", "3:1 0,", "5:(0)a=,", "bz2", "zlib", "BZh9"]; // prettier-ignore

/** Reasons are words, so that they can be counted. */
function reasonOf(result: { readonly reason: string }): string {
  assert.match(result.reason, /^[a-z0-9-]{3,40}$/);
  return result.reason;
}

function bytesIn(fields: readonly Field[]): number {
  let bytes = 0;
  for (const field of fields) {
    if (field.type === "struct" || field.type === "uncompressed") bytes += bytesIn(field.value.fields);
    else if (field.type === "list") for (const item of field.value) bytes += item.length;
    else bytes += field.value.length;
  }
  return bytes;
}

/** What was read can be written and read again, or is refused with a code. */
function comesBack(message: Message): string {
  try {
    const again = decodeMessage(encodeNetstring(message));
    assert.ok(again.ok);
    assert.deepEqual(again.message, message);
    return "same";
  } catch (error) {
    if (error instanceof SystoleError) return error.code;
    throw error;
  }
}

/** Wrappers and compressed fields opened: bounded, whatever they claim. */
function expanded(message: Message): string {
  const unwrapped = unwrapPayload(message);
  const opened = unwrapped.ok ? expandFields(unwrapped.message) : unwrapped;
  if (!opened.ok) return reasonOf(opened);
  assert.ok(bytesIn(opened.message.fields) <= MAX_UNCOMPRESSED_BYTES + bytesIn(message.fields));
  return opened.message === message ? "plain" : "expanded";
}

export const codecDoors = [
  {
    name: "frame",
    promise:
      "a typed answer; nothing is interpreted that the authenticator refuses; what opens can be sent again",
    words: WORDS,
    seeds: [
      sealFrame(STATUS, believing, { innerSignature: true }),
      sealStringFrame(STATUS, believing),
      sealFrame(ALL_TYPES, believing, { innerSignature: false }),
      sealFrame(COMPRESSED, believing, { innerSignature: false }),
      sealFrame(COMPRESSED_FIELD, believing, { innerSignature: false }),
    ],
    feed(bytes: Uint8Array): string {
      const refused = openFrame(bytes, refusing);
      assert.equal(refused.ok, false);
      const opened = openFrame(bytes, believing);
      const looked = decodeFrame(bytes);
      assert.equal(opened.ok, looked.ok);
      if (!opened.ok) return reasonOf(opened);
      return `${opened.form} ${comesBack(opened.message)} ${expanded(opened.message)}`;
    },
  },
  {
    name: "message",
    promise: "a typed answer; what is read can be written again in the same form",
    words: WORDS,
    seeds: [
      encodeNetstring(STATUS),
      encodeString(STATUS),
      encodeNetstring(ALL_TYPES),
      encodeNetstring(COMPRESSED),
    ],
    feed(bytes: Uint8Array): string {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) return reasonOf(decoded);
      const { form, message } = decoded;
      const string = hasStringForm(message) ? "string" : "no-string";
      return `${form} ${string} ${comesBack(message)} ${expanded(message)}`;
    },
  },
  {
    name: "compressed-payload",
    promise: "never more than 2 MiB, never an exception, whatever a stream of zlib or bz2 says of itself",
    words: ["BZh9", "1AY&SY", "x\x9c", "\x17rE8P\x90"],
    seeds: [
      Buffer.concat([Buffer.from("zlib\n"), deflateSync(encodeString(STATUS))]),
      Buffer.concat([Buffer.from("zlib\n"), deflateSync(Buffer.alloc(100_000, 0x3e))]),
      // A message of one field, as bzip2 packs it.
      Buffer.from("627a320a425a68393141592653591c261ead000004c88000100007044020002128c9ea0c019da56907c5dc914e1424070987ab40", "hex"), // prettier-ignore
    ],
    feed(bytes: Uint8Array): string {
      const split = bytes.indexOf(0x0a);
      const algorithm = Buffer.from(bytes.subarray(0, Math.max(0, split))).toString("latin1");
      const value = bytes.slice(split + 1);
      return expanded({
        fields: [
          { name: "_compressed_payload", type: "binary", value },
          { name: "_compression_algorithm", type: "string", value: algorithm },
        ],
      });
    },
  },
  {
    name: "line-armour",
    promise: "either its one spelling, or nothing",
    words: [">>>\nsealed=", "\n<<<\n", "="],
    seeds: [armour(Uint8Array.of(0x97, 0x53, 1, 2, 3)), armour(new Uint8Array(0))],
    feed(bytes: Uint8Array): string {
      const sealed = withoutArmour(bytes);
      if (sealed === undefined) return "no armour";
      assert.equal(armouredBytes(sealed.length), bytes.length);
      assert.deepEqual(Buffer.from(armour(sealed)), Buffer.from(bytes));
      return "armour";
    },
  },
  {
    name: "node-report",
    promise: "a report, or nothing; what is read is a fixed point of writing and reading",
    words: ['"v":1', '"groups":[', '["g",1,"n","started",0,"why","",[]]', "null", "1e400", '"__proto__"'],
    seeds: [
      '{"v":1,"ready":true,"pings":1,"groups":[["g1",3,"master","started",0,"its home","",[]]]}',
      '{"v":1,"ready":false,"pings":0,"alone":true,"unheard":["cluster1"],"groups":[["g",7,"","failed",15,"","no disk",[1,2]]]}',
    ],
    feed(bytes: Uint8Array): string {
      const text = Buffer.from(bytes).toString("latin1");
      const report = decodeReport(textMessage({ systole: text }));
      if (report === undefined) return "none";
      const written = encodeReport(report);
      const again = decodeReport(textMessage({ systole: written }));
      assert.ok(again !== undefined && again.groups.size === report.groups.size);
      assert.equal(encodeReport(again), written);
      return `${report.groups.size > 0 ? "groups" : "empty"} ${report.alone === true ? "alone" : ""}`;
    },
  },
];
