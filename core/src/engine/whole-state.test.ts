// What a machine remembers comes back as it was: shared parts shared, constants untouched, and nothing of another version.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readState, stateIn, StateMismatch, writeState } from "./whole-state.js";

const CONSTANT = { owner: "nobody" };

class Leaf {
  value = 0;
}

class Machine {
  data: unknown = CONSTANT;
  readonly leaf = new Leaf();
  readonly byName: Map<string, Leaf>;
  readonly grown: Leaf[] = [];
  current: Leaf | undefined;
  readonly init = { emit: () => "kept", byName: new Map([["fixed", new Leaf()]]) };
  readonly ask = () => this.leaf.value;

  constructor() {
    this.byName = this.init.byName;
  }
}

function copied(machine: Machine): Machine {
  const other = new Machine();
  readState(other, JSON.parse(JSON.stringify(writeState(machine, [Leaf]))), [Leaf]);
  return other;
}

describe("a written state", () => {
  it("brings back any data", () => {
    const anything = fc.anything({ withMap: true, withSet: true, maxDepth: 3, withNullPrototype: false });
    const data = fc.oneof(
      anything,
      fc.uint8Array(),
      fc.constantFrom(-0, Infinity, -Infinity, NaN, undefined),
    );
    const property = fc.property(data, (value) => {
      const machine = new Machine();
      machine.data = structuredClone(value);
      expect(copied(machine).data).toEqual(value);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("keeps parts that are one and the same the same, also those that the machine was made with", () => {
    const machine = new Machine();
    machine.current = machine.leaf;
    machine.leaf.value = 7;
    machine.grown.push(new Leaf(), new Leaf());
    const other = copied(machine);
    expect(other.current).toBe(other.leaf);
    expect(other.ask()).toBe(7);
    expect(other.grown.map((leaf) => leaf instanceof Leaf)).toEqual([true, true]);
    Object.assign(other.byName.get("fixed") ?? {}, { value: 3 });
    expect(other.init.byName.get("fixed")?.value).toBe(3);
    expect(other.init.emit()).toBe("kept");
  });

  it("leaves a constant alone that the new machine begins with", () => {
    const machine = new Machine();
    machine.data = { owner: "alpha" };
    expect(copied(machine).data).toEqual({ owner: "alpha" });
    expect(CONSTANT).toEqual({ owner: "nobody" });
  });

  it("is refused by a machine of another shape, and by another version", () => {
    class Other {
      readonly leaf = new Leaf();
    }
    expect(() => readState(new Other(), writeState(new Machine(), [Leaf]), [Leaf])).toThrow(StateMismatch);
    expect(() => readState(new Machine(), writeState(new Other(), [Leaf]), [Leaf])).toThrow(
      /other fields here/,
    );
    expect(() => stateIn({ version: 1, state: [] }, 2)).toThrow("has version 1, and 2 is understood");
    for (const nothing of [undefined, null, "x", ["list"], ["again", 3], ["fixed", {}], ["part", {}, 9]])
      expect(() => readState(new Machine(), nothing, [Leaf])).toThrow(StateMismatch);
  });
});
