// Every input that is kept, and some fresh ones, at every door. A failure prints how to have it again.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keptDoors, keptInputs } from "./corpus.js";
import { DOORS } from "./doors.js";
import { Fuzzer } from "./fuzzer.js";
import { scratchHere, type Scratch } from "./scratch.js";
import { tryInput } from "./try-input.js";

let scratch: Scratch;
beforeAll(() => {
  scratch = scratchHere();
});
afterAll(() => scratch.remove());

const SEED = Number(process.env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const FRESH = { fast: 200, slow: 20 } as const;
/** Other tests run beside this one. */
const SLOW_MS = 8000;

describe(`fuzz, FUZZ_SEED=${String(SEED)}`, () => {
  it.each(DOORS)("$name: $promise", async (door) => {
    for (const [index, { bytes, note }] of keptInputs(door.name).entries()) {
      const outcome = await tryInput(door, bytes, SLOW_MS);
      if (!outcome.kept) throw new Error(`kept input ${index + 1} (${note})`, { cause: outcome.error });
    }
    const fuzzer = new Fuzzer(door, SEED, SLOW_MS);
    const fresh = door.slow === true ? FRESH.slow : FRESH.fast;
    for (let left = fresh; left > 0; left -= 1) {
      const finding = await fuzzer.step();
      if (finding === undefined) continue;
      const input = JSON.stringify(Buffer.from(finding.bytes).toString("latin1"));
      throw new Error(`FUZZ_SEED=${String(SEED)}, input ${input}`, { cause: finding.error });
    }
    // Well-formed input and damaged input do not end alike.
    expect(fuzzer.outcomes.length).toBeGreaterThan(1);
  });

  it("has a name for each door, and a door for each corpus", () => {
    const names = DOORS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z0-9-]+$/.test(name))).toEqual([]);
    expect(keptDoors().filter((name) => !names.includes(name))).toEqual([]);
  });
});
