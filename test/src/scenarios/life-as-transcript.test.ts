// What a seed does to a cluster can be read, and played again: nothing is lost between a life, its transcript and its scene.
import {
  faultLine,
  lifeOfSeed,
  parseFault,
  parseScene,
  play,
  sceneLines,
  transcriptOf,
  type Fault,
} from "@systole/sim";
import { describe, expect, it } from "vitest";
import { AUTHENTICATOR } from "../sim/simulated-cluster.js";

const SEEDS = Array.from({ length: 100 }, (_, index) => index + 1);
const lives = SEEDS.map((seed) => lifeOfSeed(seed, AUTHENTICATOR));

describe("a life as a transcript", () => {
  it("has lines for every scene and every misfortune that a seed can draw", () => {
    const faults = lives.flatMap(({ schedule }) => schedule.map(({ fault }) => fault));
    expect(new Set(faults.map(({ kind }) => kind)).size).toBeGreaterThan(25);
    for (const { scene, seed } of lives)
      expect(parseScene(sceneLines({ scene, seed }))).toEqual({ scene, seed });
    for (const fault of faults) expect(faultLine(parseFault(faultLine(fault)))).toBe(faultLine(fault));
    // Of a weather in which nothing is late, by how much that would be is not told.
    const others = faults.filter(({ kind }) => kind !== "weather");
    expect(others.map((fault) => parseFault(faultLine(fault)))).toEqual(others);
  });

  it("is played again to the letter", () => {
    for (const { scene, schedule, seed } of lives.slice(0, 2)) {
      const text = transcriptOf(scene, schedule, seed, AUTHENTICATOR);
      expect(text.length).toBeGreaterThan(1000);
      expect(play(text, AUTHENTICATOR)).toBe(text);
    }
  });

  it("shows what a script does not know to be nothing, and goes on", () => {
    const fault: Fault = { kind: "thaw", node: "alpha" };
    const [text] = lives
      .slice(0, 1)
      .map(({ scene, seed }) => transcriptOf(scene, [{ afterMs: 10, fault }], seed, AUTHENTICATOR));
    expect(text).toContain("thaw alpha\n----\ndoes not apply: thaw alpha");
  });
});

describe("a script that is not understood", () => {
  const CLUSTER =
    "Why?\n\ncluster alpha bravo, around nothing, deadtime 1s, keepalive 100ms, auto_failback on\n\n";

  it.each([
    ["kil alpha", "line 5: there is no command kil; there are cut, "],
    ["kill", "line 5: write: kill NODE"],
    ["cut alpha", "line 5: write: cut NODE NODE [MEDIUM]"],
    ["kill delta", "line 5: no node delta; there are alpha, bravo"],
    ["crash alpha apache", "line 5: no resource apache; there are web, nginx"],
    ["run", 'line 5: "" is no span of time; write 100ms, 1.5s, 2min or 1h'],
    ["run 5", 'line 5: "5" is no span of time'],
    ["agent alpha nginx start explodes", "line 5: write: agent NODE RESOURCE"],
    ["switch alpha perhaps", "line 5: write: switch NODE works|fails"],
    ["weather rain 30%", "line 5: write: weather fair"],
  ])("%s", (line, message) => {
    expect(() => play(`${CLUSTER}${line}\n`, AUTHENTICATOR)).toThrow(message);
  });

  it("says what is missing of the cluster", () => {
    expect(() => play("Why?\n\ncluster alpha bravo, deadtime 1s\n\nboot\n", AUTHENTICATOR)).toThrow(
      "does not say around",
    );
  });
});
