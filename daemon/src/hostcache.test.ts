import { describe, expect, it } from "vitest";
import { formatHostCache, parseHostCache } from "./hostcache.js";

const UUID = Uint8Array.from({ length: 16 }, (_, index) => 0xf0 + index);
const UUID_TEXT = "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff";
const ZERO_TEXT = "00000000-0000-0000-0000-000000000000";

describe("heartbeat's hostcache", () => {
  it("is read and written as heartbeat does", () => {
    const text = `alpha\t${UUID_TEXT}\t100\t\nbravo\t${ZERO_TEXT}\t55\tberlin\n`;
    const nodes = [
      { name: "alpha", uuid: UUID, weight: 100, site: undefined },
      { name: "bravo", uuid: undefined, weight: 55, site: "berlin" },
    ];
    expect(parseHostCache(text)).toEqual(nodes);
    expect(formatHostCache(nodes)).toBe(text);
  });

  it("may have two columns, as older ones do", () => {
    expect(parseHostCache(`Alpha\t${UUID_TEXT.toUpperCase()}\n`)).toEqual([
      { name: "alpha", uuid: UUID, weight: 100, site: undefined },
    ]);
  });

  it("is read as far as it makes sense", () => {
    const text = `\n\0\0\0\n#a\tb\n../etc\tx\nalpha\tnonsense\t-5\t \nalpha\t${UUID_TEXT}\t7\nbravo`;
    expect(parseHostCache(text)).toEqual([
      { name: "alpha", uuid: undefined, weight: 100, site: undefined },
      { name: "bravo", uuid: undefined, weight: 100, site: undefined },
    ]);
    const many = Array.from({ length: 1000 }, (_, index) => `n${index}\t${UUID_TEXT}\t1\t\n`).join("");
    expect(parseHostCache(many)).toHaveLength(200);
  });
});
