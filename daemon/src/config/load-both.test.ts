import { afterEach, describe, expect, it } from "vitest";
import { makeHaDirectory, seedMachine, type HaDirectory } from "../testkit/seed-files.js";
import { loadConfig, type LoadedConfig } from "./load-config.js";

let made: HaDirectory | undefined;
afterEach(() => made?.remove());

/** `line:column code` of each problem, in the file's order. */
function placesOf({ problems }: LoadedConfig): readonly string[] {
  return problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe("systole.yaml beside ha.cf", () => {
  const both = (systoleYaml: string): LoadedConfig => {
    made = makeHaDirectory({ "systole.yaml": systoleYaml });
    return loadConfig({ haDirectory: made.path, machine: seedMachine() });
  };

  it("may say of the nodes what ha.cf has no words for", () => {
    const loaded = both(
      "cluster: walk\nnodes: { master: , cluster1: { weight: 1 } }\nplugins: [{ use: quorum-majority }]\nquorum: [majority]\ntimings: { deadtime: 30s }\n",
    );
    expect(placesOf(loaded)).toEqual([]);
  });

  it("says both lines of what contradicts", () => {
    const loaded = both(
      "nodes: { master: , cluster2: }\ntimings: { deadtime: 10s }\nmedia: [{ broadcast: { interface: eth0 } }]\ngroups: { a: { resources: [nginx] } }\n",
    );
    expect(placesOf(loaded)).toEqual([
      "1:1 yaml.contradiction",
      "1:20 yaml.contradiction",
      "2:12 yaml.contradiction",
      "3:1 yaml.contradiction",
      "4:1 yaml.contradiction",
    ]);
    expect(loaded.problems.map(({ message }) => /line (\d+)/.exec(message)?.[1])).toEqual([
      "12",
      "11",
      "5",
      "9",
      "1",
    ]);
  });
});
