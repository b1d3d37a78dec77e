import { describe, expect, it } from "vitest";
import { nearestWord } from "./nearest-word.js";

const KNOWN = ["keepalive", "deadtime", "node", "ping", "ping_group", "ucast", "bcast", "mcast"];

describe("nearestWord", () => {
  it.each([
    ["keepalve", "keepalive"],
    ["keepailve", "keepalive"],
    ["deadtimes", "deadtime"],
    ["NODE", "node"],
    ["noed", "node"],
    ["pinggroup", "ping_group"],
    ["ucats", "ucast"],
  ])("%s means %s", (word, meant) => {
    expect(nearestWord(word, KNOWN)).toBe(meant);
  });

  it.each(["frobnicate", "", "x", "k".repeat(5000)])("finds nothing for %s", (word) => {
    expect(nearestWord(word, KNOWN)).toBeUndefined();
  });
});
