// What every store must do, as data.
import type { Store } from "@systole/core/ports";
import type { ContractCase } from "./contract.js";
import { expectCode, expectEqual, expectThat } from "./expectations.js";

/** A place to store things, empty at the start of each case. */
export interface StoreSubject {
  /** A store on that place, as after a restart: it sees what earlier ones wrote. */
  open(): Promise<Store> | Store;
  /** Leaves a value of that name as a power cut in the middle of writing `bytes` would. */
  tear?(name: string, bytes: Uint8Array): Promise<void>;
}

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const BAD_NAMES = ["", "../escape", "a/b", "UPPER", "dot.dot", "nul\0"];

/** What a subject offers: `tear`, when it has it. */
export function storeOffers({ tear }: StoreSubject): readonly string[] {
  return tear === undefined ? [] : ["tear"];
}

export const storeContract: readonly ContractCase<StoreSubject>[] = [
  {
    id: "missing-is-undefined",
    name: "reads what was never written as undefined",
    async run(subject) {
      const store = await subject.open();
      expectEqual(await store.read("generation"), undefined, "read of a missing value");
    },
  },
  {
    id: "reads-what-was-written",
    name: "reads back every byte value, an empty value and a long one",
    async run(subject) {
      const store = await subject.open();
      const values = [
        Uint8Array.from({ length: 256 }, (_, index) => index),
        bytes(""),
        new Uint8Array(65_536).fill(7),
      ];
      for (const [index, value] of values.entries()) await store.write(`value-${index}`, value);
      for (const [index, value] of values.entries())
        expectEqual(await store.read(`value-${index}`), value, `value-${index}`);
    },
  },
  {
    id: "replaces",
    name: "replaces a value by a shorter one, leaving other names alone",
    async run(subject) {
      const store = await subject.open();
      await store.write("uuid", bytes("other"));
      await store.write("generation", bytes("longer value"));
      await store.write("generation", bytes("short"));
      expectEqual(await store.read("generation"), bytes("short"), "the replaced value");
      expectEqual(await store.read("uuid"), bytes("other"), "the value beside it");
    },
  },
  {
    id: "survives-restart",
    name: "keeps values for a store that is opened later",
    async run(subject) {
      await (await subject.open()).write("generation", bytes("42"));
      expectEqual(await (await subject.open()).read("generation"), bytes("42"), "after a restart");
    },
  },
  {
    id: "removes",
    name: "removes a value for good, and does not mind a missing one",
    async run(subject) {
      const store = await subject.open();
      await store.write("claims", bytes("x"));
      await store.remove("claims");
      await store.remove("claims");
      expectEqual(await store.read("claims"), undefined, "after removal");
      expectEqual(await (await subject.open()).read("claims"), undefined, "after removal and a restart");
    },
  },
  {
    id: "owns-its-bytes",
    name: "is not changed through the bytes that were handed in or out",
    async run(subject) {
      const store = await subject.open();
      const handed = bytes("before");
      await store.write("generation", handed);
      handed.fill(0);
      const read = await store.read("generation");
      expectEqual(read, bytes("before"), "after changing what was handed in");
      read?.fill(0);
      expectEqual(await store.read("generation"), bytes("before"), "after changing what was handed out");
    },
  },
  {
    id: "refuses-bad-names",
    name: "refuses names that could be paths",
    async run(subject) {
      const store = await subject.open();
      for (const name of BAD_NAMES) {
        const named = JSON.stringify(name);
        await expectCode(store.write(name, bytes("x")), "STORE_FAILED", `write of ${named}`);
        await expectCode(store.read(name), "STORE_FAILED", `read of ${named}`);
      }
    },
  },
  {
    id: "writes-are-whole",
    name: "ends with one whole value when several are written at once",
    async run(subject) {
      const store = await subject.open();
      const values = Array.from({ length: 8 }, (_, index) => new Uint8Array(4096 + index).fill(65 + index));
      await Promise.all(values.map((value) => store.write("generation", value)));
      const read = await store.read("generation");
      const whole = values.some(
        (value) => value.length === read?.length && read.every((byte) => byte === value[0]),
      );
      expectThat(whole, `a mixture of values: ${read?.length ?? 0} bytes`);
    },
  },
  {
    id: "torn-write-reads-as-before",
    name: "reads the previous value after a torn write",
    needs: "tear",
    async run(subject) {
      await (await subject.open()).write("generation", bytes("41"));
      await subject.tear?.("generation", bytes("42"));
      expectEqual(await (await subject.open()).read("generation"), bytes("41"), "after a torn write");
    },
  },
];
