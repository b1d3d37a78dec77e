// The doors of what an earlier life has left: files of the store, the lists and histories in them, and whole states of functions.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSavedNodes, savedNodes, StateMismatch } from "../engine/index.js";
import { LIMITS } from "../engine/limits.js";
import { FileStore } from "../host/node-store.js";
import { SystoleError } from "../ports/index.js";
import { FenceHistory } from "../runtime/fencing/fence-history.js";
import { FENCING_LIMITS } from "../runtime/fencing/fencing-config.js";
import { unpackState } from "../runtime/function/node-state.js";
import { nextIdentity } from "../runtime/identity.js";
import { jsonIn } from "./json-in.js";
import { youngEngine } from "./young-engine.js";

let directory: string | undefined;

/** Made with the first file; whoever tries the doors takes it away. */
function storeDirectory(): string {
  directory ??= mkdtempSync(join(tmpdir(), "systole-doors-"));
  return directory;
}

const NODES = {
  nodes: [
    { name: "master", uuid: new Uint8Array(16).fill(7), weight: 100, site: undefined },
    { name: "cluster1", uuid: undefined, weight: 5, site: "north" },
  ],
  deleted: ["old"],
};
const STEP = { device: "ipmi", action: "off", ok: true, verified: true, tookMs: 3 };
const RECORD = { atWallMs: 1, node: "cluster1", by: "master", ok: true, how: "off", why: "silent", tookMs: 9, steps: [STEP] }; // prettier-ignore
const FUNCTION_STATE = '{"version":1,"configuration":"{}","generation":7,"uuid":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16],"time":{"nowMs":5,"wallMs":9},"pending":[{"id":1,"kind":"agent","what":"start of ip","dueMs":9}],"frames":[{"number":1,"saidMs":2,"bytes":[1,2,255]}],"lastFrame":1}'; // prettier-ignore
const WORDS = ['"version":1', "null", "[]", "{}", '"__proto__"', "-0", "1e400", "-1", '""'];

export const savedStateDoors = [
  {
    name: "store-file",
    promise: "the value that was written, or the one before it, or STORE_FAILED: never another one",
    words: ["systole-store-1 ", "\n", " "],
    seeds: [
      "systole-store-1 1 ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\na",
      "",
      "systole-store-1 ",
    ],
    async feed(bytes: Uint8Array): Promise<string> {
      const path = join(storeDirectory(), "policy");
      writeFileSync(path, bytes);
      const store = new FileStore(storeDirectory());
      try {
        const value = await store.read("policy");
        return value === undefined ? "nothing" : "value";
      } catch (error) {
        assert.ok(error instanceof SystoleError && error.code === "STORE_FAILED");
        return error.code;
      }
    },
  },
  {
    name: "stored-identity",
    promise: "a uuid of 16 bytes, and a generation that only grows",
    words: ["999999999999999", "0", "\n"],
    seeds: ["1700000000\n", "               7\n"],
    async feed(bytes: Uint8Array): Promise<string> {
      const values = new Map<string, Uint8Array>([["generation", bytes], ["uuid", bytes]]); // prettier-ignore
      const store = {
        read: async (name: string) => values.get(name),
        write: async (name: string, value: Uint8Array) => void values.set(name, value),
        remove: async (name: string) => void values.delete(name),
      };
      const first = await nextIdentity(store, 1_700_000_000_000, (count) => new Uint8Array(count));
      const second = await nextIdentity(store, 1_600_000_000_000, (count) => new Uint8Array(count));
      assert.ok(Number.isSafeInteger(first.generation) && first.uuid.length === 16);
      assert.ok(second.generation > first.generation || first.generation > 999_999_999_999_999);
      return first.uuid.every((byte, index) => byte === bytes[index]) ? "kept" : "made";
    },
  },
  {
    name: "saved-nodes",
    promise: "a bounded list, whatever stands there; what is read is a fixed point of writing and reading",
    words: WORDS,
    seeds: [JSON.stringify(savedNodes(NODES))],
    feed(bytes: Uint8Array): string {
      const read = readSavedNodes(jsonIn(bytes));
      assert.ok(read.nodes.length <= LIMITS.nodes && read.deleted.length <= LIMITS.deletedNodes);
      const written = JSON.stringify(savedNodes(read));
      assert.equal(JSON.stringify(savedNodes(readSavedNodes(JSON.parse(written)))), written);
      return `${read.nodes.length > 0} ${read.deleted.length > 0}`;
    },
  },
  {
    name: "fence-history",
    promise: "whole records only, 200 at most; what is read is a fixed point of writing and reading",
    words: WORDS,
    seeds: [JSON.stringify({ version: 1, records: [RECORD] })],
    feed(bytes: Uint8Array): string {
      const history = new FenceHistory(jsonIn(bytes), "master", () => undefined);
      const records = history.all();
      assert.ok(records.length <= FENCING_LIMITS.history);
      const written = JSON.stringify({ version: 1, records });
      const again = new FenceHistory(JSON.parse(written), "master", () => undefined).all();
      assert.equal(JSON.stringify({ version: 1, records: again }), written);
      return `${Math.min(3, records.length)}`;
    },
  },
  {
    name: "saved-policy",
    promise: "an engine begins with whatever an earlier life has left of it",
    words: WORDS,
    seeds: ['{"epochs":{"10.0.0.1":7}}', JSON.stringify(savedNodes(NODES))],
    feed(bytes: Uint8Array): string {
      const engine = youngEngine({ policy: jsonIn(bytes), nodes: jsonIn(bytes) });
      const effects = engine.step({ kind: "tick" }, 0, 1_700_000_000_000);
      assert.ok(effects.every(({ kind }) => kind !== "halt"));
      return `${jsonIn(bytes) === undefined ? "no JSON" : "JSON"} ${engine.view().nodes.length}`;
    },
  },
  {
    name: "engine-state",
    promise: "an engine that goes on, or StateMismatch",
    words: ['["undefined"]', '["again",1]', '["map"]', '["set"]', '["list"]', '["data",{}]', '["fixed",{}]', '["part",{},0]', '["bytes",1]', '["number","NaN"]', ...WORDS], // prettier-ignore
    seeds: [JSON.stringify(youngEngine().snapshot()), '{"version":1,"state":["fixed",{}]}'],
    feed(bytes: Uint8Array): string {
      try {
        youngEngine().resume(jsonIn(bytes));
        return "resumed";
      } catch (error) {
        assert.ok(error instanceof StateMismatch, `${String(error)} instead of StateMismatch`);
        return "mismatch";
      }
    },
  },
  {
    name: "function-state",
    promise: "the state of a node that is a function, whole, or nothing",
    words: WORDS,
    seeds: [
      FUNCTION_STATE,
      FUNCTION_STATE.replace('"pending"', '"left":"stopped","policy":null,"nodes":null,"pending"'),
    ],
    async feed(bytes: Uint8Array): Promise<string> {
      const packed = new Response(new Uint8Array(bytes)).body?.pipeThrough(new CompressionStream("gzip"));
      const state = await unpackState(new Uint8Array(await new Response(packed).arrayBuffer()));
      assert.equal(await unpackState(bytes), undefined);
      if (state === undefined) return "nothing";
      assert.ok(Number.isSafeInteger(state.generation) && Number.isSafeInteger(state.lastFrame));
      assert.ok(Number.isFinite(state.time.nowMs) && Number.isFinite(state.time.wallMs));
      assert.equal(Uint8Array.from(state.uuid).length, 16);
      for (const frame of state.frames) Uint8Array.from(frame.bytes);
      for (const one of state.pending) assert.ok(Number.isFinite(one.dueMs));
      return `state ${state.left === undefined}`;
    },
  },
];
