// The same doors as properties: fast-check makes input out of anything and out of the format's own pieces, and shrinks what fails.
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesOf, type Door } from "./door.js";
import { DOORS } from "./doors.js";
import { scratchHere, type Scratch } from "./scratch.js";
import { tryInput } from "./try-input.js";

let scratch: Scratch;
beforeAll(() => {
  scratch = scratchHere();
});
afterAll(() => scratch.remove());

const RUNS = { fast: 100, slow: 10 } as const;
/** Other tests run beside this one. */
const SLOW_MS = 8000;

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}

function inputs({ seeds, words = [] }: Door): fc.Arbitrary<Uint8Array> {
  const anything = fc.uint8Array({ maxLength: 200 });
  const word = fc
    .constantFrom("", "\n", "0", "4294967295", ...words)
    .map((text) => Buffer.from(text, "latin1"));
  const whole = fc.constantFrom(...seeds.map(bytesOf));
  const piece = fc
    .tuple(whole, fc.nat(1000), fc.nat(60))
    .map(([bytes, start, length]) => bytes.subarray(start % (bytes.length + 1)).subarray(0, length));
  const edited = fc
    .tuple(whole, fc.nat(1000), fc.nat(6), fc.oneof(word, fc.uint8Array({ maxLength: 6 })))
    .map(([bytes, at, cut, put]) => {
      const start = at % (bytes.length + 1);
      return joined([bytes.subarray(0, start), put, bytes.subarray(start + cut)]);
    });
  return fc.oneof(anything, edited, fc.array(fc.oneof(word, piece), { maxLength: 30 }).map(joined));
}

describe("whatever comes in", () => {
  it.each(DOORS)("$name: $promise", async (door) => {
    const property = fc.asyncProperty(inputs(door), async (bytes) => {
      const outcome = await tryInput(door, bytes, SLOW_MS);
      if (!outcome.kept) throw outcome.error;
    });
    const numRuns = door.slow === true ? RUNS.slow : RUNS.fast;
    await expect(fc.assert(property, { numRuns })).resolves.toBeUndefined();
  });
});
